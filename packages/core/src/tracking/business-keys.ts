import { and, eq, inArray, or, type SQL } from "drizzle-orm";
import { union } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import { Uuid } from "../identifiers/index.ts";
import { deliveries, interchanges, messages } from "../messages/tables.ts";

/** The keys that are UUIDs and thus may be ids of the gateway. */
export const idsAmong = (keys: readonly string[]): string[] =>
  keys.flatMap((key) => Uuid.safeParse(key).data ?? []);

function cameUnder({ db }: Context, references: readonly string[]) {
  return db
    .select({ id: messages.id })
    .from(messages)
    .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .where(inArray(interchanges.controlReference, [...references]));
}

// Messages that were rerouted in a new envelope are also found by its id.
function goUnder({ db }: Context, references: readonly string[]) {
  return db
    .select({ id: messages.id })
    .from(messages)
    .innerJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .innerJoin(interchanges, eq(interchanges.id, deliveries.interchangeId))
    .where(and(inArray(interchanges.controlReference, [...references]), eq(interchanges.kind, "resent")));
}

// One list of ids, each part found by its own index; conditions joined by OR would use no index.
const isAmong = (ids: ReturnType<typeof cameUnder | typeof goUnder> | object): SQL =>
  inArray(messages.id, ids as ReturnType<typeof cameUnder>);

/** Messages whose original or current envelope has one of these ids. */
export function isUnderEnvelope(ctx: Context, references: readonly string[]): SQL {
  return isAmong(union(cameUnder(ctx, references), goUnder(ctx, references)));
}

/** Messages for which one of these is the message id, the envelope id, or the gateway's id of the message or its interchange. */
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
