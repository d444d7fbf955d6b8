import { inArray, sql } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import { endpointChecks } from "./tables.ts";

export type CheckQuestion = {
  limit: number;
  /** After this another process may ask. */
  leaseSeconds: number;
  /** How often each endpoint is asked. */
  everySeconds: number;
  worker: string;
};

/** An endpoint that this process is now to ask. */
export type TakenCheck = {
  endpointId: string;
  address: string;
  method: "handshake" | "head" | "options" | "test-event";
  signingSecrets: string[];
};

const mayBeAsked = (now: Date) => sql`e.transport = 'webhook' and e.address is not null
  and e.probe_with <> 'nothing' and (e.state = 'active' or (e.state = 'paused' and e.paused_until <= ${now}))`;

// Endpoints that are new to the clock get their first turn somewhere within one interval, so that they do not all come at once.
const enlist = (now: Date, everySeconds: number) => sql`
  insert into endpoint_checks (endpoint_id, next_probe_at)
  select e.id, ${now}::timestamptz + random() * make_interval(secs => ${everySeconds})
  from endpoints e where ${mayBeAsked(now)}
    and not exists (select from endpoint_checks c where c.endpoint_id = e.id)
  limit 1000 on conflict do nothing`;

const findDue = (now: Date, limit: number) => sql`
  select c.endpoint_id as id from endpoint_checks c join endpoints e on e.id = c.endpoint_id
  where c.next_probe_at <= ${now} and (c.lease_until is null or c.lease_until <= ${now}) and ${mayBeAsked(now)}
  order by c.next_probe_at limit ${limit} for update of c skip locked`;

/** Takes endpoints whose turn it is, under a lease; nobody else is given them meanwhile. Paused and closed ones are left alone. */
export async function takeChecks(ctx: Context, question: CheckQuestion): Promise<TakenCheck[]> {
  const subject = { type: "endpoint", id: "checks" } as const;
  return await change(ctx, { action: "endpoint.edit", subject }, async (tx) => {
    await tx.execute(enlist(ctx.now, question.everySeconds));
    const due = await tx.execute<{ id: string }>(findDue(ctx.now, question.limit));
    const ids = due.rows.map((row) => row.id);
    if (ids.length === 0) return { result: [], entries: [] };
    const leaseUntil = new Date(ctx.now.getTime() + question.leaseSeconds * 1000);
    await tx
      .update(endpointChecks)
      .set({ leaseUntil, leasedBy: question.worker })
      .where(inArray(endpointChecks.endpointId, ids));
    const rows = await tx.select().from(endpoints).where(inArray(endpoints.id, ids));
    const result = rows.flatMap(({ id, address, probeWith, signingSecrets }): TakenCheck[] =>
      address === null || probeWith === "nothing"
        ? []
        : [{ endpointId: id, address, method: probeWith, signingSecrets }],
    );
    return { result, entries: [] };
  });
}
