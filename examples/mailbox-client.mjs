// A mailbox client: takes what waits, keeps each delivery on disk, then acknowledges it. Run again when it is killed.
// Run: GATEWAY=http://127.0.0.1:8080 KEY=sor_… GLN=5790000… DIRECTORY=inbox node examples/mailbox-client.mjs
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const {
  GATEWAY = "http://127.0.0.1:8080",
  KEY = "",
  GLN = "",
  DIRECTORY = "inbox",
  ONCE = "0",
} = process.env;
const mailbox = `${GATEWAY}/v1/mailboxes/${GLN}/messages`;
mkdirSync(DIRECTORY, { recursive: true });

async function ask(url, init = {}) {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${answer.status} ${(await answer.json()).title ?? ""}`);
  return answer;
}

/** The bytes, held against their digest, whole on disk under their final name before they are acknowledged. */
async function keep({ id, contentDigest }) {
  const bytes = Buffer.from(await (await ask(`${mailbox}/${id}`)).arrayBuffer());
  const digest = `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
  if (digest !== contentDigest) throw new Error("the bytes are not what their digest says");
  const name = join(DIRECTORY, `${id}.edi`);
  const file = await open(`${name}.part`, "w", 0o600);
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(`${name}.part`, name);
}

for (;;) {
  try {
    const { items } = await (await ask(`${mailbox}?limit=100&visibilityTimeoutSeconds=300`)).json();
    for (const item of items) {
      await keep(item);
      await ask(`${mailbox}/$ack`, { method: "POST", body: JSON.stringify({ ids: [item.id] }) });
    }
    if (items.length > 0) continue;
    if (ONCE === "1") break;
    await sleep(2000);
  } catch (error) {
    // What was taken and not acknowledged is handed out again when its time is over.
    console.error(error.message);
    if (ONCE === "1") process.exit(1);
    await sleep(10_000);
  }
}
