// The least that an HTTP server in Node.js does for such a request: it parses the JSON and sends a response.
import { Buffer } from "node:buffer";
import { createServer } from "node:http";

const ANSWER = JSON.stringify({ data: { __typename: "Query" } });

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks));
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": ANSWER.length,
    });
    response.end(ANSWER);
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`is ready: http://127.0.0.1:${server.address().port}/`);
});
process.on("SIGTERM", () => process.exit());
