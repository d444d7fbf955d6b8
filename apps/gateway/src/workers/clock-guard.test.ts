import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { listAlerts, watchAlerts } from "@sor/core/alerts";
import { acceptInterchange } from "@sor/core/intake";
import { getMessage } from "@sor/core/messages";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  receives,
  testDatabaseUrl,
  wrongClock,
} from "@sor/core/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type GatewayProcess, startGateway } from "../testing/gateway-process.ts";
import { receiver, sender } from "../testing/two-vendors.ts";

const sixDays = 6 * 86_400;
let url: string;
let db: Database;
let from: Awaited<ReturnType<typeof aVendor>>;
let folder: string;
let gateway: GatewayProcess | undefined;

beforeAll(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  folder = await mkdtemp(join(tmpdir(), "sor-clock-"));
  from = await aVendor(db);
  const to = await aVendor(db);
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: to.supplierId });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
});
afterEach(async () => {
  await gateway?.end("SIGKILL");
  gateway = undefined;
});
afterAll(async () => {
  await closeDatabase(db);
  await rm(folder, { recursive: true });
});

const system = () => createContext(db, { kind: "system", job: "test" }, new Date());
const settings = (from: "start" | "signal") => ({
  ...{ DATABASE_URL: url, DATA_DIR: folder, LOG_LEVEL: "info", SPOOL_FREE_MEGABYTES_MIN: "0" },
  ...wrongClock(sixDays, from),
});

/** A message that has waited in its receiver's mailbox for five days. */
async function waitingMessage(): Promise<string> {
  const bytes = anInterchange({ sender, receiver });
  const ctx = createContext(db, from.key, new Date());
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  return interchange.messages[0]?.id ?? "";
}
const stateOf = async (id: string) =>
  (await getMessage(createContext(db, from.key, new Date()), { id })).state;
const ready = async () => {
  const asked = ["lookups", "intake", "delivery"].map(async (purpose) => {
    const { status } = await fetch(`${gateway?.address}/readyz?purpose=${purpose}`);
    return `${purpose} ${status}`;
  });
  return await Promise.all(asked);
};
const skew = async () => {
  const text = await (await fetch(`${gateway?.address}/metrics`)).text();
  return Number(/^soredi_clock_skew_seconds (.+)$/m.exec(text)?.[1]);
};
const hasSaid = (text: string) => gateway?.lines.some((line) => line.includes(text)) ?? false;
const untrusted = ["lookups 200", "intake 503", "delivery 503"];

test("a gateway that starts six days ahead expires nothing, reports it everywhere, and keeps answering lookups", async () => {
  const message = await waitingMessage();
  gateway = await startGateway(settings("start"));
  await expect.poll(ready, { timeout: 30_000 }).toEqual(untrusted);
  expect(Math.abs((await skew()) - sixDays)).toBeLessThan(5);
  await expect.poll(() => hasSaid("workers stand still")).toBe(true);
  const kind = "clock-skew" as const;
  await expect
    .poll(
      async () => {
        await watchAlerts(system());
        return (await listAlerts(system(), { kind, limit: 10 })).items.length;
      },
      { timeout: 30_000 },
    )
    .toBe(1);
  // The queues are swept every second.
  await pause(3000);
  expect(await stateOf(message)).toBe("queued");
}, 90_000);

test("changing the clock while the gateway runs stops its workers, and correcting it resumes them", async () => {
  gateway = await startGateway(settings("signal"));
  await expect.poll(ready, { timeout: 30_000 }).toEqual(["lookups 200", "intake 200", "delivery 200"]);
  process.kill(gateway.pid, "SIGUSR2");
  await expect.poll(() => hasSaid("workers stand still"), { timeout: 30_000 }).toBe(true);
  expect(await ready()).toEqual(untrusted);
  // Expired by the correct time too: no worker is running.
  const message = await waitingMessage();
  await db.$client.query("update deliveries set give_up_at = now() - interval '1 second'");
  await pause(3000);
  expect(await stateOf(message)).toBe("queued");
  process.kill(gateway.pid, "SIGUSR2");
  await expect.poll(() => stateOf(message), { timeout: 30_000 }).toBe("expired");
  await expect.poll(() => hasSaid("workers run")).toBe(true);
}, 90_000);
