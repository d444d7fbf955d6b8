import { and, eq, lt, sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";
import { networkOf } from "./networks.ts";
import { hashSecret } from "./secrets.ts";
import { loginFailures } from "./tables.ts";

/** Where an attempt comes from; `device` is set for a browser that this user has logged in with before. */
export type LoginSource = { username: string; address: string; device?: string | undefined };

type Rule = {
  /** How many wrong passwords are looked at within a window. */
  most: number;
  /** How long nothing is looked at after that. */
  lockSeconds: number;
  /** One is looked at after each such wait, instead of all anew. */
  isPaced?: true;
};

const windowSeconds = 15 * 60;

/**
 * What is counted. A network and a user name together lock that network out of that name only, so that nobody is locked out from
 * elsewhere. All unknown browsers together are slowed down per name, which bounds guessing from many networks; a browser that is
 * known is counted by itself and meets none of this.
 */
export const loginRules = {
  address: { most: 100, lockSeconds: windowSeconds },
  network: { most: 20, lockSeconds: windowSeconds },
  strangers: { most: 100, lockSeconds: 30, isPaced: true },
  device: { most: 20, lockSeconds: windowSeconds },
  /** By a link that makes an account, so that it cannot be used to ask which user names there are. */
  names: { most: 10, lockSeconds: 24 * 3600 },
} satisfies Record<string, Rule>;
type Kind = keyof typeof loginRules;
type Lane = { kind: Kind; keyHash: string };

export type Count = { failures: number; windowEndsAt: Date; lockedUntil: Date | null };

/** Counts one attempt more, as a failure; `until` is set when it may not be looked at. */
export function countAttempt(
  rule: Rule,
  count: Count | undefined,
  now: Date,
): { count: Count; until?: Date } {
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  const lockedUntil = count?.lockedUntil ?? null;
  if (count && lockedUntil !== null && lockedUntil > now) return { count, until: lockedUntil };
  if (!count || count.windowEndsAt <= now || (lockedUntil !== null && !rule.isPaced)) {
    return { count: { failures: 1, windowEndsAt: after(windowSeconds), lockedUntil: null } };
  }
  if (count.failures < rule.most) return { count: { ...count, failures: count.failures + 1 } };
  const locked = { ...count, windowEndsAt: after(windowSeconds), lockedUntil: after(rule.lockSeconds) };
  return rule.isPaced ? { count: locked } : { count: locked, until: locked.lockedUntil };
}

const lane = (kind: Kind, ...parts: string[]): Lane => ({ kind, keyHash: hashSecret(parts.join("\n")) });

function lanesOf({ username, address, device }: LoginSource): readonly Lane[] {
  if (device !== undefined) return [lane("device", username, device)];
  const network = networkOf(address);
  return [lane("address", network), lane("network", username, network), lane("strangers", username)];
}

const isLane = ({ kind, keyHash }: Lane) =>
  and(eq(loginFailures.kind, kind), eq(loginFailures.keyHash, keyHash));

async function claim(db: Database, of: Lane, now: Date): Promise<Date | undefined> {
  return await db.transaction(async (tx) => {
    await tx
      .insert(loginFailures)
      .values({ ...of, failures: 0, windowEndsAt: now })
      .onConflictDoNothing();
    const [before] = await tx.select().from(loginFailures).where(isLane(of)).for("update");
    const { count, until } = countAttempt(loginRules[of.kind], before, now);
    if (count !== before) {
      const { failures, windowEndsAt, lockedUntil } = count;
      await tx.update(loginFailures).set({ failures, windowEndsAt, lockedUntil }).where(isLane(of));
    }
    return until;
  });
}

/**
 * Counts an attempt as a failure before the password is looked at, so that attempts at the same time in several
 * processes cannot slip through together. Gives the end of the wait when there have been too many.
 */
export async function claimAttempt(db: Database, source: LoginSource, now: Date): Promise<Date | undefined> {
  for (const of of lanesOf(source)) {
    const until = await claim(db, of, now);
    if (until) return until;
  }
  return undefined;
}

/** Counts a user name that is tried by the link of an invitation; gives the end of the wait when there have been too many. */
export async function claimName(db: Database, token: string, now: Date): Promise<Date | undefined> {
  return await claim(db, lane("names", token), now);
}

/** Takes back what a successful login was counted for, and forgets counts that are over. */
export async function forgiveAttempt(db: Database, source: LoginSource, now: Date): Promise<void> {
  for (const of of lanesOf(source)) {
    // Who has one right password must not win back what was guessed at others', or what others guess at theirs.
    if (of.kind === "network" || of.kind === "device") await db.delete(loginFailures).where(isLane(of));
    else {
      const failures = sql`greatest(${loginFailures.failures} - 1, 0)`;
      await db.update(loginFailures).set({ failures }).where(isLane(of));
    }
  }
  await db
    .delete(loginFailures)
    .where(
      and(
        lt(loginFailures.windowEndsAt, now),
        sql`coalesce(${loginFailures.lockedUntil}, '-infinity') < ${now}`,
      ),
    );
}
