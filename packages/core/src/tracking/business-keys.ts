import { and, eq, inArray, or, type SQL } from "drizzle-orm";
import { union } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import { Uuid } from "../identifiers/index.ts";
import { deliveries, interchanges, messages } from "../messages/tables.ts";

/** Those of the keys that can be ids of ours. */
export const idsAmong = (keys: readonly string[]): string[] =>
  keys.flatMap((key) => Uuid.safeParse(key).data ?? []);

function cameUnder({ db }: Context, references: readonly string[]) {
  return db
    .select({ id: messages.id })
    .from(messages)
    .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .where(inArray(interchanges.controlReference, [...references]));
}

// Messages that were sent another way in a new envelope are found by that one too.
function goUnder({ db }: Context, references: readonly string[]) {
  return db
    .select({ id: messages.id })
    .from(messages)
    .innerJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .innerJoin(interchanges, eq(interchanges.id, deliveries.interchangeId))
    .where(and(inArray(interchanges.controlReference, [...references]), eq(interchanges.kind, "resent")));
}

// One list of ids, each part found by its own index, and not conditions joined by "or", for which there is none.
const isAmong = (ids: ReturnType<typeof cameUnder | typeof goUnder> | object): SQL =>
  inArray(messages.id, ids as ReturnType<typeof cameUnder>);

/** Messages that came, or go now, under one of these envelope ids. */
export function isUnderEnvelope(ctx: Context, references: readonly string[]): SQL {
  return isAmong(union(cameUnder(ctx, references), goUnder(ctx, references)));
}

/** Messages of which one of these is the message id, the envelope id, or our own id of the message or its interchange. */
export function hasKey(ctx: Context, keys: readonly string[]): SQL {
  const named = ctx.db
    .select({ id: messages.id })
    .from(messages)
    .where(inArray(messages.reference, [...keys]));
  const ids = idsAmong(keys);
  const own = ctx.db
    .select({ id: messages.id })
    .from(messages)
    .where(or(inArray(messages.id, ids), inArray(messages.interchangeId, ids)));
  const others = ids.length > 0 ? [own] : [];
  return isAmong(union(named, cameUnder(ctx, keys), goUnder(ctx, keys), ...others));
}
