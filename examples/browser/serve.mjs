// Serves this folder's page on its own origin: node examples/browser/serve.mjs
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

/** The only files that are served. */
const FILES = {
  "/": ["index.html", "text/html"],
  "/live.js": ["live.js", "text/javascript"],
  "/request.js": ["request.js", "text/javascript"],
  "/subscribe.js": ["subscribe.js", "text/javascript"],
  "/watch.js": ["watch.js", "text/javascript"],
  "/view.js": ["view.js", "text/javascript"],
  "/style.css": ["style.css", "text/css"],
};

const server = createServer(async ({ url }, response) => {
  const [name, type] = FILES[url?.split("?")[0]] ?? [];
  if (name === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    // Allow the page's own scripts and styles, and requests to any server that the user enters.
    "content-security-policy": "default-src 'self'; img-src data:; connect-src http: https:",
  });
  response.end(await readFile(new URL(name, import.meta.url)));
});

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  console.log(`The page is at ${origin}/`);
  console.log(`In production, start the server with CORS_ORIGINS=${origin} for this page.`);
});
