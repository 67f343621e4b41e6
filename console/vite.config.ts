import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = "http://127.0.0.1:4000";

/** Builds the console into console/dist, which the server serves at /console. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
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
