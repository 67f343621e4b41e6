import "@mantine/core/styles.css";
import "./console.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { styleNonce } from "./api/start.js";
import { Session } from "./app/session.js";
import { cssVariables, theme } from "./app/theme.js";

// The library that keeps the page from scrolling behind dialogs looks for the nonce of its style element here.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });

const root = document.getElementById("console");
if (root === null) throw new Error("The page has no element with the id console.");

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <Router base="/console">
        <Session />
      </Router>
    </MantineProvider>
  </StrictMode>,
);
