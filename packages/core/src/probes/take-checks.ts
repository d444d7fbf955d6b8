import { inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { secretsInForce } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { chooseFairly, holdersWithoutRoom, openPlaces, type Places } from "../shares/index.ts";
import { endpointChecks } from "./tables.ts";

export type CheckQuestion = {
  limit: number;
  /** The probe slots of this process and how many of them are in use by each supplier. Absent: all slots are free for anybody. */
  places?: Places | undefined;
  /** The lease expires after this time, and any process may probe. */
  leaseSeconds: number;
  /** The interval between probes of an endpoint. */
  everySeconds: number;
  worker: string;
};

/** An endpoint leased to this process for a probe. */
export type TakenCheck = {
  endpointId: string;
  supplierId: string;
  address: string;
  method: "handshake" | "head" | "options" | "test-event";
  signingSecrets: string[];
};

type Due = { id: string; supplier_id: string };

const mayBeAsked = (now: Date) => sql`e.transport = 'webhook' and e.address is not null
  and e.probe_with <> 'nothing' and (e.state = 'active' or (e.state = 'paused' and e.paused_until <= ${now}))`;

// New endpoints get their first probe at a random time within one interval, to spread the load.
const enlist = (now: Date, everySeconds: number) => sql`
  insert into endpoint_checks (endpoint_id, next_probe_at)
  select e.id, ${now}::timestamptz + random() * make_interval(secs => ${everySeconds})
  from endpoints e where ${mayBeAsked(now)}
    and not exists (select from endpoint_checks c where c.endpoint_id = e.id)
  limit 1000 on conflict do nothing`;

const isFree = (now: Date) => sql`(c.lease_until is null or c.lease_until <= ${now})`;

// Round-robin over suppliers, so that one with a thousand webhooks that time out leaves room for the others.
const findDue = (now: Date, limit: number, withoutRoom: readonly string[]) => sql`
  select due.id, due.supplier_id from (
    select c.endpoint_id as id, e.supplier_id, c.next_probe_at,
      row_number() over (partition by e.supplier_id order by c.next_probe_at) as turn
    from endpoint_checks c join endpoints e on e.id = c.endpoint_id
    where c.next_probe_at <= ${now} and ${isFree(now)} and ${mayBeAsked(now)}
      and e.supplier_id <> all(${sql.param([...withoutRoom])}::uuid[])
  ) due join endpoint_checks c on c.endpoint_id = due.id
  where ${isFree(now)} order by due.turn, due.next_probe_at limit ${limit} for update of c skip locked`;

/** Takes endpoints that are due for a probe, under a lease. Paused and closed ones are skipped. */
export async function takeChecks(ctx: Context, question: CheckQuestion): Promise<TakenCheck[]> {
  return await work(ctx, async (tx) => {
    await tx.execute(enlist(ctx.now, question.everySeconds));
    const { limit, places = openPlaces(limit) } = question;
    const due = await tx.execute<Due>(findDue(ctx.now, limit, holdersWithoutRoom(places)));
    const ids = chooseFairly(due.rows, (row) => row.supplier_id, places).map((row) => row.id);
    if (ids.length === 0) return [];
    const leaseUntil = new Date(ctx.now.getTime() + question.leaseSeconds * 1000);
    await tx
      .update(endpointChecks)
      .set({ leaseUntil, leasedBy: question.worker })
      .where(inArray(endpointChecks.endpointId, ids));
    const rows = await tx.select().from(endpoints).where(inArray(endpoints.id, ids));
    const result = rows.flatMap(({ id, supplierId, address, probeWith, secrets }): TakenCheck[] => {
      if (address === null || probeWith === "nothing") return [];
      const signingSecrets = secretsInForce(secrets, ctx.now);
      return [{ endpointId: id, supplierId, address, method: probeWith, signingSecrets }];
    });
    return result;
  });
}
