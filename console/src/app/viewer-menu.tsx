import { ActionIcon, Button, Group, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { useViewer } from "../api/viewer.js";
import { scopeInWords } from "../merchants/scopes.js";

/** The owner of the token, the color scheme, and signing out. */
export function ViewerMenu({ onSignOut }: { readonly onSignOut: () => void }) {
  const { merchant, employee, scopes } = useViewer();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark =
    colorScheme === "dark" ||
    (colorScheme === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  const owner = merchant?.name ?? "Operator";
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={isDark ? "Use light colors" : "Use dark colors"}
        onClick={() => {
          setColorScheme(isDark ? "light" : "dark");
        }}
      >
        {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
      <Menu
        position="bottom-end"
        width={320}
        withinPortal={false}
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <Button variant="default" leftSection={<IconUser size={16} />} maw={180}>
            <Text truncate size="sm" dir="auto">
              {owner}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {employee !== null && <Menu.Label dir="auto">Employee: {employee.name}</Menu.Label>}
          <Menu.Label>
            This token may:
            {scopes.map((scope) => (
              <Text key={scope} component="div" inherit c="var(--mantine-color-text)" mt={4}>
                {scopeInWords(scope)}
              </Text>
            ))}
          </Menu.Label>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
