import { and, eq, gt, inArray, isNull, notInArray, or, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { backoffSeconds, isStillMine, type LeasedQueue, noLease, takeDue } from "../queue/index.ts";
import { accountMails, grants, users } from "./tables.ts";
import { isAdmitted, whereInForce } from "./where-in-force.ts";

export type AccountMailKind = (typeof accountMails.$inferSelect)["kind"];

/** Mail to a user about their own account, held under a lease. */
export type AccountMail = {
  id: string;
  leaseToken: string;
  kind: AccountMailKind;
  /** Template values, by kind: `role`, `name`, `key`, `by`, `address`, `at`. */
  details: Record<string, string>;
  to: string;
  username: string;
  createdAt: Date;
  attempts: number;
};

const attemptsMost = 20;
const backoff = { firstSeconds: 30, factor: 2, longestSeconds: 3600 };
const dayMilliseconds = 86_400_000;

/** Maximum mails of a kind per user and day; further ones are dropped. */
const mailsPerDay: Readonly<Record<AccountMailKind, number>> = {
  "second-factor-reset": 5,
  "codes-refused": 1,
  "password-changed": 5,
  "reset-link-made": 5,
  "role-given": 5,
  "role-requested": 20,
  "colleague-added": 20,
  "key-made": 10,
  "new-browser": 5,
  "draft-expiring": 20,
  "draft-withdrawn": 20,
  "proposal-arrived": 20,
  "proposal-received": 20,
  "proposal-answered": 20,
};

/** Queues a mail to a user, unless the daily limit of its kind is reached. */
export async function putAccountMail(
  tx: Transaction,
  mail: { userId: string; kind: AccountMailKind; details?: Record<string, string> },
  now: Date,
): Promise<void> {
  const { userId, kind, details = {} } = mail;
  const recent = and(
    eq(accountMails.userId, userId),
    eq(accountMails.kind, kind),
    gt(accountMails.createdAt, new Date(now.getTime() - dayMilliseconds)),
  );
  if ((await tx.$count(accountMails, recent)) >= mailsPerDay[kind]) return;
  const times = { createdAt: now, nextAttemptAt: now };
  await tx.insert(accountMails).values({ id: newId(), userId, kind, details, ...times });
}

/** Queues a mail to an address without an account. Its sender limits how many an address gets. */
export async function putAddressMail(
  tx: Transaction,
  mail: { address: string; kind: AccountMailKind; details: Record<string, string> },
  now: Date,
): Promise<void> {
  await tx.insert(accountMails).values({ id: newId(), ...mail, createdAt: now, nextAttemptAt: now });
}

const administratorsTold = 20;

/** Tells those who edit the part of the register around these units, at most 20; where no region does, the register's administrators. */
export async function tellEditors(
  tx: Transaction,
  {
    sorIds,
    kind,
    details,
  }: { sorIds: readonly string[]; kind: AccountMailKind; details: Record<string, string> },
  now: Date,
): Promise<void> {
  const edits = and(
    eq(grants.role, "region"),
    inArray(grants.scopeSorId, [...sorIds]),
    whereInForce(grants, now),
  );
  const found = await tx
    .selectDistinct({ id: users.id })
    .from(users)
    .innerJoin(grants, eq(grants.userId, users.id))
    .where(and(isAdmitted, edits))
    .limit(administratorsTold);
  for (const { id } of found) await putAccountMail(tx, { userId: id, kind, details }, now);
  if (found.length === 0) await tellAdministrators(tx, { of: null, kind, details }, now);
}

/**
 * Notifies the administrators of a vendor (`of`: its id) or of the register (`of`: null): at most 20 of them, without those in
 * `except`, plus the user in `also`.
 */
export async function tellAdministrators(
  tx: Transaction,
  told: {
    of: string | null;
    kind: AccountMailKind;
    details: Record<string, string>;
    except?: readonly string[];
    also?: string;
  },
  now: Date,
): Promise<void> {
  const { of, kind, details, except = [], also } = told;
  const administers = and(
    of === null
      ? eq(grants.role, "authority")
      : and(eq(grants.role, "vendor-administrator"), eq(grants.scopeSupplierId, of)),
    whereInForce(grants, now),
  );
  const found = await tx
    .selectDistinct({ id: users.id })
    .from(users)
    .leftJoin(grants, eq(grants.userId, users.id))
    .where(
      and(
        isAdmitted,
        notInArray(users.id, [...except]),
        or(administers, also === undefined ? undefined : eq(users.id, also)),
      ),
    )
    .limit(administratorsTold);
  for (const { id } of found) await putAccountMail(tx, { userId: id, kind, details }, now);
}

const outbox: LeasedQueue = {
  table: accountMails,
  id: accountMails.id,
  dueAt: accountMails.nextAttemptAt,
  isOpen: sql`${accountMails.doneAt} is null`,
};

/** Leases mails that are due, oldest first; after a crash the lease expires and another process takes them. */
export async function takeAccountMails(
  ctx: Context,
  question: { limit: number; leaseSeconds: number },
): Promise<AccountMail[]> {
  return await work(ctx, async (tx) => {
    const taken = await takeDue(tx, outbox, { now: ctx.now, ...question });
    const [lease] = taken;
    if (!lease) return [];
    const ids = taken.map(({ id }) => id);
    const rows = await tx
      .select({ mail: accountMails, email: users.email, username: users.username })
      .from(accountMails)
      .leftJoin(users, eq(users.id, accountMails.userId))
      .where(inArray(accountMails.id, ids))
      .orderBy(accountMails.nextAttemptAt);
    return rows.flatMap(({ mail, email, username }): AccountMail[] => {
      const { id, kind, details, address, createdAt, attempts } = mail;
      const to = email ?? address;
      const { leaseToken } = lease;
      const letter = { id, leaseToken, kind, details, username: username ?? "", createdAt, attempts };
      return to === null ? [] : [{ ...letter, to }];
    });
  });
}

/**
 * Records the result of an attempt: sent, permanently refused, or to be retried with exponential backoff of at most an hour. When
 * the lease was lost meanwhile, only a success is recorded.
 */
export async function recordAccountMail(
  ctx: Context,
  input: { mail: Pick<AccountMail, "id" | "leaseToken">; outcome: "sent" | "refused" | "failed" },
): Promise<void> {
  const { mail, outcome } = input;
  await work(ctx, async (tx) => {
    const isOpen = and(eq(accountMails.id, mail.id), isNull(accountMails.doneAt));
    const [row] = await tx.select().from(accountMails).where(isOpen).for("update");
    if (!row || (!isStillMine(row, mail) && outcome !== "sent")) return;
    const attempts = row.attempts + 1;
    const isOver = outcome !== "failed" || attempts >= attemptsMost;
    const wait = backoffSeconds(attempts, backoff) * 1000;
    await tx
      .update(accountMails)
      .set({
        ...noLease,
        attempts,
        ...(isOver ? { outcome, doneAt: ctx.now } : { nextAttemptAt: new Date(ctx.now.getTime() + wait) }),
      })
      .where(eq(accountMails.id, mail.id));
  });
}
