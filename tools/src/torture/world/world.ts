import { createContext, type Database } from "@sor/core";
import { createKey } from "@sor/core/access";
import { completeGln } from "@sor/core/identifiers";
import { aLocation, anEndpoint, aVendor, receives } from "@sor/core/testing/records";
import { messageTypes } from "../messages/write-messages.ts";
import type { Party, Receiver, ReceiverKind, World } from "../parts.ts";

const day = 86_400_000;
const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const receiptTypes = [
  ["CTL02", "C0230Q"],
  ["CTL03", "C0330Q"],
] as const;
const { discharge, referral } = messageTypes;
const [discharges, referrals] = [
  [discharge.type, discharge.version],
  [referral.type, referral.version],
] as const;

const glnOf = (number: number) => completeGln(`5790002${String(70_000 + number)}`);

type Settled = {
  world: World;
  /** Endpoints that may be paused during the run. */
  pausable: string[];
  /** Endpoints that are closed during the run, and their replacements. */
  moves: { from: string; to: string }[];
};

type Building = { db: Database; ports: World["ports"]; count: number };

async function party(building: Building, name: string): Promise<Party & { supplierId: string }> {
  const { db } = building;
  const { supplierId } = await aVendor(db, name);
  building.count += 1;
  const gln = glnOf(building.count);
  await aLocation(db, { gln, supplierId });
  const now = new Date();
  const { key } = await createKey(createContext(db, { kind: "system", job: "torture" }, now), {
    supplierId,
    name,
    scopes: ["interchanges:send", "messages:read", "mailboxes:read"],
    glns: null,
    expiresAt: new Date(now.getTime() + day),
  });
  return { name, gln, key, supplierId };
}

type PortName = keyof World["ports"];

async function webhook(building: Building, supplierId: string, name: string, port: PortName, more = "") {
  const address = `http://127.0.0.1:${building.ports[port]}/${name}${more}`;
  return await anEndpoint(building.db, { supplierId, address, signingSecrets: [secret] });
}

async function receiver(
  building: Building,
  name: string,
  kind: ReceiverKind,
  port: PortName = "steady",
): Promise<Receiver> {
  const { db } = building;
  const { supplierId, ...own } = await party(building, name);
  const mailbox = () => anEndpoint(db, { supplierId });
  const endpointIds: string[] = [];
  switch (kind) {
    case "webhook":
      endpointIds.push(await webhook(building, supplierId, name, port));
      break;
    case "split":
      endpointIds.push(await webhook(building, supplierId, name, port), await mailbox());
      break;
    case "nobody":
      endpointIds.push(await anEndpoint(db, { supplierId, address: "http://127.0.0.1:9/nobody" }));
      break;
    case "mailbox":
    case "never":
      endpointIds.push(await mailbox());
  }
  const [first = "", second = first] = endpointIds;
  await receives(db, own.gln, first, [discharges]);
  await receives(db, own.gln, second, [referrals]);
  return { ...own, kind, endpointIds };
}

/** Creates the parties of a run in an empty database: who sends, who receives, and how. */
export async function buildWorld(
  db: Database,
  run: Pick<World, "seed" | "gateways" | "ports" | "failing">,
): Promise<Settled> {
  const building: Building = { db, ports: run.ports, count: 0 };
  const senders: Party[] = [];
  for (const name of ["doctor-a", "doctor-b", "doctor-c"]) {
    const { supplierId, ...own } = await party(building, name);
    const isWebhook = name === "doctor-c";
    const endpoint = isWebhook
      ? await webhook(building, supplierId, name, "steady")
      : await anEndpoint(db, { supplierId });
    await receives(db, own.gln, endpoint, receiptTypes);
    senders.push(own);
  }
  const receivers = [
    await receiver(building, "hospital-a", "webhook"),
    await receiver(building, "hospital-b", "webhook"),
    await receiver(building, "hospital-c", "webhook"),
    await receiver(building, "hospital-d", "webhook", "refusing"),
    await receiver(building, "moving", "webhook"),
    await receiver(building, "split", "split"),
    await receiver(building, "box-a", "mailbox"),
    await receiver(building, "box-b", "mailbox"),
    await receiver(building, "nobody", "nobody"),
    await receiver(building, "never", "never"),
  ];
  const moving = receivers.find(({ name }) => name === "moving");
  const { supplier_id: owner } = (
    await db.$client.query("select supplier_id from endpoints where id = $1", [moving?.endpointIds[0]])
  ).rows[0];
  const newPlace = await webhook(building, owner, "moving", "steady", "/new");
  // Some deliver in order, so that message loss and stuck messages are tested there too.
  const inOrder = receivers.filter(({ name }) => name === "hospital-b" || name === "box-b");
  const ordered = [...inOrder.flatMap(({ endpointIds }) => endpointIds), newPlace];
  await db.$client.query("update endpoints set is_ordered = true where id = any($1)", [ordered]);
  const pausable = receivers
    .filter(({ kind }) => kind === "webhook")
    .flatMap(({ endpointIds }) => endpointIds);
  return {
    world: { ...run, senders, receivers, unknownGln: glnOf(999), signingSecret: secret },
    pausable: pausable.filter((id) => id !== moving?.endpointIds[0]),
    moves: [{ from: moving?.endpointIds[0] ?? "", to: newPlace }],
  };
}

/** Moves what one endpoint receives to another and closes the first, in one transaction. */
export async function moveReceiving(db: Database, from: string, to: string): Promise<void> {
  const client = await db.$client.connect();
  try {
    await client.query("begin");
    await client.query("update registrations set endpoint_id = $2 where endpoint_id = $1", [from, to]);
    await client.query("update endpoints set state = 'closed' where id = $1", [from]);
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
