import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "../database/index.ts";
import { hashSecret } from "./secrets.ts";
import { loginFailures } from "./tables.ts";

/** How many wrong passwords within the window lock further attempts out. */
export const failuresMax = { username: 20, address: 100 } as const;
/** How long failures are counted together, and how long a lock stands. */
export const lockMinutes = 15;

type Kind = keyof typeof failuresMax;
export type LoginSource = { username: string; address: string };

/** The network of an address: the whole of an IPv4 address, the first 64 bits of an IPv6 one. */
export function networkOf(address: string): string {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

function hashOf(kind: Kind, source: LoginSource): string {
  return hashSecret(kind === "username" ? source.username : networkOf(source.address));
}

async function claim(db: Database, kind: Kind, source: LoginSource, now: Date): Promise<Date | undefined> {
  const ends = new Date(now.getTime() + lockMinutes * 60_000);
  const isLocked = sql`${loginFailures.lockedUntil} > ${now}`;
  const isOver = sql`(${loginFailures.windowEndsAt} <= ${now} or ${loginFailures.lockedUntil} <= ${now})`;
  const locks = sql`${loginFailures.failures} >= ${failuresMax[kind]}`;
  const [row] = await db
    .insert(loginFailures)
    .values({ kind, keyHash: hashOf(kind, source), failures: 1, windowEndsAt: ends })
    .onConflictDoUpdate({
      target: [loginFailures.kind, loginFailures.keyHash],
      set: {
        failures: sql`case when ${isLocked} then ${loginFailures.failures} when ${isOver} then 1 else ${loginFailures.failures} + 1 end`,
        windowEndsAt: sql`case when ${isOver} and not coalesce(${isLocked}, false) then ${ends} else ${loginFailures.windowEndsAt} end`,
        lockedUntil: sql`case when ${isLocked} then ${loginFailures.lockedUntil} when ${isOver} then null when ${locks} then ${ends} else null end`,
      },
    })
    .returning({ lockedUntil: loginFailures.lockedUntil });
  return row?.lockedUntil ?? undefined;
}

/**
 * Counts an attempt as a failure before the password is looked at, so that attempts at the same time in several
 * processes cannot slip through together. Gives the end of the lock when there have been too many.
 */
export async function claimAttempt(db: Database, source: LoginSource, now: Date): Promise<Date | undefined> {
  return (await claim(db, "address", source, now)) ?? (await claim(db, "username", source, now));
}

/** Takes back what a successful login was counted for, and forgets counts that are over. */
export async function forgiveAttempt(db: Database, source: LoginSource, now: Date): Promise<void> {
  await db
    .delete(loginFailures)
    .where(
      or(
        and(eq(loginFailures.kind, "username"), eq(loginFailures.keyHash, hashOf("username", source))),
        and(
          lt(loginFailures.windowEndsAt, now),
          or(isNull(loginFailures.lockedUntil), lt(loginFailures.lockedUntil, now)),
        ),
      ),
    );
  await db
    .update(loginFailures)
    .set({ failures: sql`greatest(${loginFailures.failures} - 1, 0)` })
    .where(and(eq(loginFailures.kind, "address"), eq(loginFailures.keyHash, hashOf("address", source))));
}
