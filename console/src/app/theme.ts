import { type CSSVariablesResolver, Drawer, Modal, createTheme } from "@mantine/core";

/** The header of a dialog is not that of the page, which `<header>` would mean outside of a section. */
const defaultProps = { attributes: { header: { role: "presentation" } } };

/** Mantine's defaults, with shades whose contrast WCAG AA accepts for text of every size. */
export const theme = createTheme({
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({ defaultProps }),
    Drawer: Drawer.extend({ defaultProps }),
  },
});

export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-error": colors.red[9],
    "--mantine-color-anchor": colors.blue[9],
    "--mantine-color-green-light-color": "#1f6b30",
    "--mantine-color-orange-light-color": "#8f3a0d",
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[1],
    "--mantine-color-error": colors.red[4],
    "--mantine-color-anchor": colors.blue[3],
  },
});
