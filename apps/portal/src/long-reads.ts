import type { Actor } from "@sor/core/access";
import { createShares, type Shares, type Taken } from "@sor/core/shares";

/** Connections to the database that lists and searches leave to all other pages. */
const keptConnections = 2;
const share = 0.5;
const waitMilliseconds = 5000;

/** The pages that may keep a connection to the database for long. */
const longReads: ReadonlySet<string | null> = new Set([
  "/(member)/journal",
  "/(member)/journal/journal.csv",
  "/(member)/lokationer",
  "/(member)/lokationer/fil",
  "/(member)/lokationer/fil/hent",
  "/(member)/meddelelser",
  "/(member)/meddelelser/ikke-afleverede",
  "/(member)/meddelelser/ikke-afleverede/gruppe",
  "/(member)/meddelelser/patient",
  "/(member)/meddelelser/send-igen",
  "/(member)/meddelelser/soeg",
]);

/** The lists and searches that this process reads at once. */
export const createReads = (connectionsMax: number): Shares =>
  createShares({ limit: Math.max(1, connectionsMax - keptConnections), share });

/**
 * A place for reading a list or search, in the share of the user's vendor, waiting for it up to five seconds; undefined for other
 * pages and visitors.
 */
export async function placeForPage(
  reads: Shares,
  routeId: string | null,
  actor: Actor,
): Promise<Taken | undefined> {
  if (actor.kind !== "user" || !longReads.has(routeId)) return undefined;
  return await reads.takeWithin(actor.supplierId ?? actor.id, waitMilliseconds);
}
