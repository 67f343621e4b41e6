import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
// In production, store the ids in a database, in the transaction that handles the event.
const handled = new Set();

const receiver = createServer(async (request, response) => {
  const body = await text(request);
  const id = request.headers["webhook-id"];
  try {
    webhook.verify(body, request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  const { type, data } = JSON.parse(body);
  if (!handled.has(id)) console.log(type, JSON.stringify(data));
  handled.add(id);
  return response.writeHead(204).end();
});
receiver.listen(process.env.PORT ?? 4200, "127.0.0.1", () => console.log("ready"));
