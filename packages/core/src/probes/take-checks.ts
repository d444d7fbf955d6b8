import { inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { secretsInForce } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { type LeasedQueue, takeDue } from "../queue/index.ts";
import type { Places } from "../shares/index.ts";
import { endpointChecks } from "./tables.ts";

export type CheckQuestion = {
  limit: number;
  /** The probe slots of this process and how many of them are in use by each supplier. Absent: all slots are free for anybody. */
  places?: Places | undefined;
  /** The lease expires after this time, and any process may probe. */
  leaseSeconds: number;
  /** The interval between probes of an endpoint. */
  everySeconds: number;
};

/** An endpoint leased to this process for a probe. */
export type TakenCheck = {
  endpointId: string;
  supplierId: string;
  address: string;
  method: "handshake" | "head" | "options" | "test-event";
  signingSecrets: string[];
};

const mayBeAsked = (now: Date) => sql`e.transport = 'webhook' and e.address is not null
  and e.probe_with <> 'nothing' and (e.state = 'active' or (e.state = 'paused' and e.paused_until <= ${now}))`;

// New endpoints get their first probe at a random time within one interval, to spread the load.
const enlist = (now: Date, everySeconds: number) => sql`
  insert into endpoint_checks (endpoint_id, next_probe_at)
  select e.id, ${now}::timestamptz + random() * make_interval(secs => ${everySeconds})
  from endpoints e where ${mayBeAsked(now)}
    and not exists (select from endpoint_checks c where c.endpoint_id = e.id)
  limit 1000 on conflict do nothing`;

const turns: LeasedQueue = {
  table: endpointChecks,
  id: endpointChecks.endpointId,
  dueAt: endpointChecks.nextProbeAt,
};

/** Takes endpoints that are due for a probe, under a lease. Paused and closed ones are skipped. */
export async function takeChecks(ctx: Context, question: CheckQuestion): Promise<TakenCheck[]> {
  return await work(ctx, async (tx) => {
    await tx.execute(enlist(ctx.now, question.everySeconds));
    const { everySeconds: _, ...how } = question;
    const taken = await takeDue(tx, turns, {
      ...{ now: ctx.now, ...how },
      joined: sql`join endpoints e on e.id = ${endpointChecks.endpointId}`,
      where: mayBeAsked(ctx.now),
      holder: sql`e.supplier_id::text`,
    });
    if (taken.length === 0) return [];
    const ids = taken.map(({ id }) => id);
    const rows = await tx.select().from(endpoints).where(inArray(endpoints.id, ids));
    return rows.flatMap(({ id, supplierId, address, probeWith, secrets }): TakenCheck[] => {
      if (address === null || probeWith === "nothing") return [];
      const signingSecrets = secretsInForce(secrets, ctx.now);
      return [{ endpointId: id, supplierId, address, method: probeWith, signingSecrets }];
    });
  });
}
