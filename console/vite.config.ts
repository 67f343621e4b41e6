import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

const SERVER = "http://127.0.0.1:4000";

/** Loads the style sheets of the Mantine components that the console uses, which is half of all of them. */
const mantineStyles: Plugin = {
  name: "mantine-styles",
  transform(code, id) {
    const name = /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/.exec(id)?.[1];
    return name && { code: `import "@mantine/core/styles/${name}.css";\n${code}`, map: null };
  },
};

/** Builds the console into console/dist, which the server serves at /console. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react(), mantineStyles],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // One style sheet, because the order of rules must not depend on which page is opened first.
    cssCodeSplit: false,
    // Every browser of that target preloads modules by itself, and the policy allows no inline script.
    modulePreload: { polyfill: false },
    // The policy allows no data: URLs for fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  // `npx vite console` serves the sources while they change, next to a running server.
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      ["/graphql", "/export", "/import", "/favicon.ico"].map((path) => [path, SERVER]),
    ),
  },
});
