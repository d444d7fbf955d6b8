/** The receivers as a separate process: `node receivers-process.ts WORLD.json LEDGER`; controlled by its parent. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRandom } from "@sor/core/demo";
import type { CarefulClient } from "../careful-client.ts";
import type { World } from "../parts.ts";
import { BusinessReceipts } from "./business-receipts.ts";
import { Ledger } from "./ledger.ts";
import { fetchAlways } from "./mailbox-client.ts";
import { createWebhookServer, listenOn, openAndClose } from "./webhooks.ts";

const [worldPath = "", ledgerPath = ""] = process.argv.slice(2);
const world = JSON.parse(readFileSync(worldPath, "utf8")) as World;
writeFileSync(ledgerPath, "");
const ledger = new Ledger(ledgerPath);
const stopping = new AbortController();
let isHealed = false;

const client = (number: number, haste: number): CarefulClient => ({
  gateways: world.gateways,
  random: createRandom(world.seed * 77 + number),
  patienceSeconds: 10,
  haste,
  signal: stopping.signal,
});
const receipts = new BusinessReceipts({ seed: world.seed, client: client(0, 0.02), ledger });
const healed = () => isHealed;
const webhooks = { world, ledger, isHealed: healed, taken: receipts.tell.bind(receipts) };
const refusing = createWebhookServer(webhooks);

const fetched = world.receivers.filter(({ kind }) => kind === "mailbox" || kind === "split");
const mailboxes = [...fetched, ...world.senders];
const visibilitySeconds = 3;
const loops = mailboxes.map((party, number) =>
  fetchAlways(
    {
      client: client(number + 1, 0.02),
      party,
      ledger,
      isHealed: healed,
      visibilitySeconds,
      taken: (owner, body) => receipts.tell(owner, body, "fetched"),
    },
    stopping.signal,
  ),
);

const unlessStopped = (error: unknown) => {
  if (!stopping.signal.aborted) throw error;
};
process.on("message", (message: "heal" | "stop") => {
  if (message === "heal") isHealed = true;
  else stopping.abort();
});
process.on("disconnect", () => process.exit(1));
setInterval(() => process.send?.({ receiptsUnderWay: receipts.underWay }), 500).unref();

await listenOn(createWebhookServer(webhooks), world.ports.steady);
void openAndClose(refusing, world.ports.refusing, healed);
process.send?.("ready");
await Promise.all(loops).catch(unlessStopped);
process.exit(0);
