import { and, eq, lt, sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";
import { networkOf } from "./networks.ts";
import { hashSecret } from "./secrets.ts";
import { loginFailures } from "./tables.ts";

/** Origin of an attempt; `device` is set for a browser with which this user has logged in before. */
export type LoginSource = { username: string; address: string; device?: string | undefined };

type Rule = {
  /** How many wrong passwords are checked within a window. */
  most: number;
  /** For how long attempts are refused after that. */
  lockSeconds: number;
  /** After the lock, one attempt is allowed per `lockSeconds` instead of a full new quota. */
  isPaced?: true;
};

const windowSeconds = 15 * 60;

/**
 * Rate limits for logins. A network and a user name are counted together, so that a lockout affects only that network and name.
 * All unknown browsers together are throttled per name, which limits guessing from many networks; a known browser has its own
 * counter and is exempt from the others.
 */
export const loginRules = {
  address: { most: 100, lockSeconds: windowSeconds },
  network: { most: 20, lockSeconds: windowSeconds },
  strangers: { most: 100, lockSeconds: 30, isPaced: true },
  device: { most: 20, lockSeconds: windowSeconds },
  /** Names tried with an invitation link, so that it cannot be used to probe which user names exist. */
  names: { most: 10, lockSeconds: 24 * 3600 },
} satisfies Record<string, Rule>;
type Kind = keyof typeof loginRules;
type Lane = { kind: Kind; keyHash: string };

export type Count = { failures: number; windowEndsAt: Date; lockedUntil: Date | null };

/** Counts one more attempt as a failure; `until` is set when it must be refused. */
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
 * Counts an attempt as a failure before the password is checked, so that concurrent attempts in several processes cannot exceed
 * the limit. Returns the end of the lockout when there were too many.
 */
export async function claimAttempt(db: Database, source: LoginSource, now: Date): Promise<Date | undefined> {
  for (const of of lanesOf(source)) {
    const until = await claim(db, of, now);
    if (until) return until;
  }
  return undefined;
}

/** Counts a user name tried with an invitation link; returns the end of the lockout when there were too many. */
export async function claimName(db: Database, token: string, now: Date): Promise<Date | undefined> {
  return await claim(db, lane("names", token), now);
}

/** Takes back the attempt counted for a successful login, and deletes expired counters. */
export async function forgiveAttempt(db: Database, source: LoginSource, now: Date): Promise<void> {
  for (const of of lanesOf(source)) {
    // A correct password must not clear failures counted for other names, or by other networks for this name.
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
