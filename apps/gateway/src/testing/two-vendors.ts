import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { recordAttempt, takeDeliveries } from "@sor/core/deliveries";
import { scopes } from "@sor/core/permissions";
import { aLocation, anEndpoint, anInterchange, aVendor, receives } from "@sor/core/testing";
import { createApp } from "../app.ts";
import { testDeps } from "./index.ts";

export const sender = "5790000120420";
export const receiver = "5790000128686";
/** Another location number of the receiver's supplier. */
const another = "5790000128693";

const wholeRegister = {
  role: "authority",
  scope: { kind: "all" },
  validFrom: new Date(0),
  validTo: null,
} as const;

/**
 * A gateway with a vendor on each side and a third party: the keys "from", "to" and "other" belong to them. "bare" and "reading"
 * are keys of the sender with no scopes and with reading messages, "all" one of the receiver with all scopes, "elsewhere" the
 * same but for `another` only, "authority" one of the third party for the whole register. The receiver takes DIS91 in a mailbox and DIS01 on a webhook.
 */
export async function twoVendors(db: Database, given: Parameters<typeof testDeps>[0] = {}) {
  const [from, to, other] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  const bare: Actor = { ...from.key, id: other.key.id, scopes: [] };
  const elsewhere: Actor = { ...to.key, scopes, limitedTo: [another] };
  const reading: Actor = { ...from.key, scopes: ["messages:read"] };
  const all: Actor = { ...to.key, scopes };
  const keys: Record<string, Actor> = {
    from: from.key,
    to: to.key,
    other: other.key,
    bare,
    all,
    reading,
    elsewhere,
    authority: { ...other.key, scopes, grants: [...other.key.grants, wholeRegister] },
  };
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  for (const gln of [receiver, another]) await aLocation(db, { gln, supplierId: to.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: to.supplierId });
  const webhook = await anEndpoint(db, { supplierId: to.supplierId, address: "https://example.org/in" });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
  const findKey: NonNullable<typeof given.findKey> = async (key) => {
    const actor = keys[key];
    return actor ? { state: "valid", actor } : { state: "unknown" };
  };
  const deps = testDeps({ db, findKey, ...given });
  const app = createApp(deps);
  const ask = async (key: string | undefined, path: string, init: RequestInit = {}) =>
    await app.request(path, {
      ...init,
      headers: { ...(key && { authorization: `Bearer ${key}` }), ...init.headers },
    });
  const post = async (key: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    await ask(key, path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const send = async (of: Partial<Parameters<typeof anInterchange>[0]> = {}) => {
    const bytes = new Uint8Array(anInterchange({ sender, receiver, ...of }));
    const answer = await ask("from", "/v1/interchanges", { method: "POST", body: bytes });
    if (answer.status !== 202) throw new Error(await answer.text());
    const taken = (await answer.json()) as { id: string; messages: { id: string; reference: string }[] };
    return { id: taken.id, messageIds: taken.messages.map(({ id }) => id) };
  };
  return { deps, app, ask, post, send, from, to, other, mailbox, webhook };
}

/** Makes every webhook with queued deliveries refuse them permanently: their messages are dead. */
export async function refuseAll(db: Database, now: Date): Promise<void> {
  const ctx = createContext(db, { kind: "system", job: "test" }, now);
  const question = { limit: 100, leaseSeconds: 60, perEndpoint: 100, worker: "w" };
  for (const delivery of await takeDeliveries(ctx, question)) {
    await recordAttempt(ctx, {
      ...{ delivery, outcome: { kind: "refused", status: 410 }, startedAt: now, latencyMilliseconds: 3 },
      ...{ responseExcerpt: null, worker: "w", random: 0.5, gatewayParty: "SORGATEWAY" },
    });
  }
}
