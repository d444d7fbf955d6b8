// A webhook receiver: verifies the signature over the bytes, keeps each delivery once, and answers 204 when it is on disk.
// Run: SECRET=whsec_… DIRECTORY=inbox PORT=9000 node examples/webhook-receiver.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const { SECRET = "", DIRECTORY = "inbox", PORT = "9000" } = process.env;
const key = Buffer.from(SECRET.replace(/^whsec_/, ""), "base64");
if (key.length < 24) throw new Error("SECRET is the endpoint's signing secret (whsec_…)");
mkdirSync(DIRECTORY, { recursive: true });

/** Standard Webhooks: one of the signatures is HMAC-SHA-256 over "id.timestamp.body", and the timestamp is fresh. */
function isGenuine(headers, body) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^[\w-]{1,64}$/.test(id) || !(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) return false;
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/** Written and synced under another name first: a file with its final name is always whole. */
async function keep(name, body) {
  const file = await open(`${name}.part`, "w", 0o600);
  await file.writeFile(body);
  await file.sync();
  await file.close();
  await rename(`${name}.part`, name);
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (request.method !== "POST" || !isGenuine(request.headers, body)) return response.writeHead(401).end();
  // A test event tells so in its id, which the signature covers: it is answered, and is no message.
  if (request.headers["webhook-id"].startsWith("test_")) return response.writeHead(204).end();
  const name = join(DIRECTORY, `${request.headers["webhook-id"]}.edi`);
  try {
    // The webhook-id is the same at every attempt: what is here already was kept before, and is answered the same.
    if (!existsSync(name)) await keep(name, body);
    return response.writeHead(204).end();
  } catch {
    return response.writeHead(503, { "retry-after": "60" }).end();
  }
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
process.once("SIGTERM", () => server.close());
