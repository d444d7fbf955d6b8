import { and, eq, ne, sql } from "drizzle-orm";
import { asSystem, type Context, work } from "../context.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { putIntoOutbox } from "../outbox/index.ts";
import { services as allServices } from "../status/tables.ts";
import { claimPublicConfirmation, hashOf, newToken } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { composeConfirmation } from "./compose-mail.ts";
import { consentVersion, type NoticeSubscriptionForm, type NoticeWishes, noticeWishes } from "./schemas.ts";

const confirmHours = 48;
const job = "notice-subscriptions";

type Row = typeof subscriptions.$inferSelect;
type SignUp = Omit<NoticeSubscriptionForm, "isByProgram"> & {
  /** The address of the client: limits are counted by its network. */
  client: string;
  /** Address of the portal, without a trailing slash. */
  origin: string;
};

/**
 * Sends the address a mail with a link to confirm what was chosen; nothing else happens until its button is pressed, also when the
 * address is subscribed already. Does not reveal whether it is. Throws `invalid` for an unknown service, `too-many` when the client
 * asked too often.
 */
export async function signUpForNotices(ctx: Context, input: SignUp): Promise<void> {
  const { address, wishes, digest, language, client, origin } = input;
  await work(asSystem(ctx, job), async (tx) => {
    await requireServices(tx, wishes);
    if (!(await claimPublicConfirmation(tx, { address, client }, ctx.now))) return;
    const [id, token] = [newId(), newToken()];
    await tx.insert(subscriptions).values({
      ...{
        id,
        topic: "notices",
        name: "",
        channel: "mail",
        address,
        wishes,
        digest,
        language,
        consentVersion,
      },
      state: "pending",
      secretHash: hashOf(token),
      confirmBefore: new Date(ctx.now.getTime() + confirmHours * 3_600_000),
      createdAt: ctx.now,
    });
    const content = composeConfirmation(`${origin}/drift/abonner/bekraeft/${token}`, language);
    await putIntoOutbox(tx, { subscriptionId: id, purpose: "confirmation", content }, ctx.now);
  });
}

/** Throws `invalid` when a service that was chosen does not exist. */
export async function requireServices(tx: Transaction, { services }: NoticeWishes): Promise<void> {
  if (services === "all") return;
  const known = new Set((await tx.select({ id: allServices.id }).from(allServices)).map(({ id }) => id));
  if (services.every((id) => known.has(id))) return;
  throw new DomainError("invalid", "no-such-service", { field: "services" });
}

const ofNotices = eq(subscriptions.topic, "notices");

/** What a link confirms, and whether it still can: `confirmed` when its button was pressed before. Undefined for an unknown link. */
export async function findConfirmation(ctx: Context, { token }: { token: string }) {
  const isThis = and(ofNotices, eq(subscriptions.secretHash, hashOf(token)));
  const [row] = await ctx.db.select().from(subscriptions).where(isThis);
  if (!row) return undefined;
  const { address, digest, language } = row;
  return { address, ...noticeWishes(row), digest, language, state: stateOf(row, ctx.now) };
}

function stateOf(row: Row, now: Date): "open" | "late" | "confirmed" {
  if (row.state !== "pending") return "confirmed";
  return row.confirmBefore && now < row.confirmBefore ? "open" : "late";
}

/**
 * Confirms what the link of a mail stands for. A confirmed subscription of the same address gets the new choice, and keeps what it
 * has been told. Again for a used link changes nothing. Throws `gone` when the link is too old or unknown.
 */
export async function confirmNoticeSubscription(ctx: Context, { token }: { token: string }): Promise<void> {
  const isThis = and(ofNotices, eq(subscriptions.secretHash, hashOf(token)));
  const isGone = await work(asSystem(ctx, job), async (tx) => {
    const [found] = await tx.select().from(subscriptions).where(isThis);
    // One confirmation of an address at a time: of two, the second finds what the first made.
    await waitForLock(tx, "subscription-confirmations", `address ${found?.address?.toLowerCase()}`);
    const [row] = await tx.select().from(subscriptions).where(isThis).for("update");
    if (!row || stateOf(row, ctx.now) === "late") return true;
    if (row.state === "pending") await confirm(tx, row, ctx.now);
    return false;
  });
  if (isGone) throw new DomainError("gone", "confirmation-link-gone", { why: "expired" });
}

async function confirm(tx: Transaction, row: Row, now: Date): Promise<void> {
  const isConfirmed = and(
    ofNotices,
    ne(subscriptions.state, "pending"),
    sql`lower(${subscriptions.address}) = lower(${row.address})`,
  );
  const active = { state: "active" as const, confirmedAt: now, refusalsInRow: 0 };
  const [before] = await tx.select().from(subscriptions).where(isConfirmed).for("update");
  if (!before) {
    await tx.update(subscriptions).set(active).where(eq(subscriptions.id, row.id));
    return;
  }
  const { wishes, digest, language, secretHash, consentVersion: version } = row;
  await tx.delete(subscriptions).where(eq(subscriptions.id, row.id));
  await tx
    .update(subscriptions)
    .set({ ...active, wishes, digest, language, secretHash, consentVersion: version })
    .where(eq(subscriptions.id, before.id));
}
