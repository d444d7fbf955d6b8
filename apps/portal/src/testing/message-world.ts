import { type Context, createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { recordAttempt, takeDeliveries } from "@sor/core/deliveries";
import { completeGln } from "@sor/core/identifiers";
import { acceptInterchange } from "@sor/core/intake";
import { aLocation, anEndpoint, anInterchange, aPerson, aVendor, receives } from "@sor/core/testing";
import { editorOf } from "./location-page.ts";

const gatewayParty = "SORGATEWAY";
const system = { kind: "system", job: "test" } as const;

export type MessageWorld = Awaited<ReturnType<typeof aMessageWorld>>;

/** Two vendors who send each other messages, a colleague at the receiver, a stranger, and the receiver's endpoints: a webhook, and a mailbox beside it. */
export async function aMessageWorld(db: Database, now: Date, number = 1) {
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  const [sender, receiver] = [0, 1].map((side) =>
    completeGln(`57900060${String(2 * number + side).padStart(4, "0")}`),
  ) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const webhook = await anEndpoint(db, { supplierId: b.supplierId, address: "https://example.org/in" });
  const mailbox = await anEndpoint(db, { supplierId: b.supplierId });
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
  const at = (actor: Actor): Context => createContext(db, actor, now);

  /** `segments` is set when the text contains further segments. */
  async function send(references: readonly string[], text?: string, segments = 4): Promise<string[]> {
    const messages = references.map((reference) => ({
      reference,
      type: "DIS01",
      version: "D0134L",
      ...(text && { text }),
    }));
    const plain = anInterchange({ sender, receiver, messages }).toString("latin1");
    const bytes = Buffer.from(plain.replaceAll("UNT+4+", `UNT+${segments}+`), "latin1");
    const { interchange } = await acceptInterchange(at(a.key), { bytes, gatewayParty });
    return interchange.messages.map(({ id }) => id);
  }

  /** Makes the webhook answer all waiting deliveries. */
  async function answer(status: number): Promise<void> {
    const question = { limit: 1000, leaseSeconds: 60, perEndpoint: 1000, worker: "w" };
    for (const delivery of await takeDeliveries(at(system), question)) {
      const outcome = status < 300 ? "delivered" : status < 500 ? "refused" : "failed";
      await recordAttempt(at(system), {
        delivery,
        outcome: { kind: outcome, status } as { kind: "refused"; status: number },
        startedAt: now,
        latencyMilliseconds: 37,
        responseExcerpt: status < 300 ? null : "ukendt modtager",
        worker: "w",
        random: 0.5,
        gatewayParty,
      });
    }
  }

  return {
    ...{ db, now, sender, receiver, webhook, mailbox, send, answer, at },
    from: editorOf(a.supplierId),
    to: { ...(await aPerson(db, b.supplierId, now)), name: "Berit" } as Actor,
    colleague: { ...(await aPerson(db, b.supplierId, now)), name: "Carl" } as Actor,
    stranger: editorOf(c.supplierId),
  };
}
