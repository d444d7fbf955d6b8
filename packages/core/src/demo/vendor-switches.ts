import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listEndpointChoices, listSystems } from "../endpoints/index.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";
import {
  acceptSwitch,
  beginSwitch,
  confirmMapping,
  continueSwitches,
  NewVendorSwitch,
  SwitchAcceptance,
} from "../vendor-switches/index.ts";

const numbersOfEach = 4;

/** A demo user, some hours before now. */
type As = (username: string, hoursAgo: number) => Promise<Context>;
type Vendor = { username: string; supplierId: string };

/** The last of a vendor's open location numbers: the first are examples elsewhere. */
async function lastGlns(database: Database, { supplierId }: Vendor, day: string): Promise<string[]> {
  const { rows } = await database.execute<{ gln: string }>(sql`
    select v.gln from location_versions v
    where v.supplier_id = ${supplierId} and v.superseded_at is null and v.valid_to is null and v.valid_from <= ${day}
    order by v.gln desc limit ${numbersOfEach}`);
  return rows.map(({ gln }) => gln);
}

/**
 * Three vendor switches: one that is offered, one that the first vendor has to map, and one whose first wave is applied; for vendors
 * that have enough location numbers, systems and endpoints.
 */
export async function loadSwitches(
  database: Database,
  as: As,
  { now, vendors }: { now: Date; vendors: readonly Vendor[] },
): Promise<void> {
  const [first, second, third] = vendors;
  if (!first || !second || !third) return;
  const today = dayInDenmark(now);
  const begin = async (from: Vendor, to: Vendor, waves: object[], note: string) => {
    const glns = await lastGlns(database, from, today);
    if (glns.length < numbersOfEach) return undefined;
    const input = NewVendorSwitch.parse({ toSupplierId: to.supplierId, glns, waves, note });
    return await beginSwitch(await as(from.username, 5), input);
  };
  await begin(first, second, [{ day: addDays(today, 45) }], "Lægehuset skifter system ved årsskiftet.");
  const offered = await begin(second, first, [{ day: addDays(today, 30) }], "Aftalt med klinikken.");
  const accept = async (key: string, to: Vendor, note: string) =>
    await acceptSwitch(await as(to.username, 4), SwitchAcceptance.parse({ key, note }));
  if (offered) await accept(offered.key, first, "Ny kunde");
  const waves = [{ day: addDays(today, 10), percent: 25 }, { day: addDays(today, 20) }];
  const running = await begin(third, second, waves, "Første bølge er en prøve.");
  const ctx = await as(second.username, 3);
  const [system] = await listSystems(ctx, { supplierId: second.supplierId });
  const [endpoint] = await listEndpointChoices(ctx.db, second.supplierId);
  if (!running || !system || !endpoint) return;
  await accept(running.key, second, "Pilot");
  const mapping = { systemId: system.id, endpointId: endpoint.id, types: [] };
  await confirmMapping(ctx, { id: running.id, mapping });
  await continueSwitches(ctx);
}
