import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useViewer } from "../api/viewer.js";
import { EmptyState, LoadingState } from "../components/states.js";
import { PageBoundary } from "./page-boundary.js";
import { PAGES } from "./pages.js";
import { ViewerMenu } from "./viewer-menu.js";

const CONTENT = "content";

/** The frame of every page: navigation, the token's owner, and the page of the address. */
export function Shell({ onSignOut }: { readonly onSignOut: () => void }) {
  const [isOpen, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  const { may } = useViewer();
  const pages = PAGES.filter(
    ({ anyOf, allOf = [] }) => may(...anyOf) && allOf.every((scope) => may(scope)),
  );
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <SkipLink />
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? "Close the navigation" : "Open the navigation"}
            />
            <Text fw={700}>Pocketcharge</Text>
          </Group>
          <ViewerMenu onSignOut={onSignOut} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea>
          {pages.map(({ path, entry }) =>
            entry === null ? null : (
              <NavLink
                key={path}
                component={Link}
                href={path}
                label={entry.name}
                leftSection={<entry.icon size={18} />}
                active={path === "/" ? location === "/" : location.startsWith(path)}
                onClick={close}
              />
            ),
          )}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id={CONTENT} tabIndex={-1}>
        <PageBoundary key={location}>
          <Suspense fallback={<LoadingState label="Loading the page" />}>
            <Switch>
              {pages.map(({ path, Page }) => (
                <Route key={path} path={path}>
                  <Page />
                </Route>
              ))}
              <Route>
                <EmptyState
                  title="There is no such page"
                  text="The address is wrong, or the token may not open the page."
                />
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </AppShell.Main>
    </AppShell>
  );
}

/** The first stop of the keyboard, which leaves out the navigation. It is shown while it has the focus. */
function SkipLink() {
  return (
    <a
      href={`#${CONTENT}`}
      className="skip-link"
      onClick={(event) => {
        // The address is that of the view, which people share.
        event.preventDefault();
        document.getElementById(CONTENT)?.focus();
      }}
    >
      Skip to content
    </a>
  );
}
