import { and, asc, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type DecidedState, decideState, isWindowRunning } from "./decide-state.ts";
import type { Environment } from "./schemas.ts";
import { noticeServices, notices, noticeUpdates, serviceProbes, serviceStates, services } from "./tables.ts";

export type Service = typeof services.$inferSelect;
export type ServiceStatus = Service &
  DecidedState & {
    manual: { id: string; reason: string; setByName: string; setAt: Date; expiresAt: Date | null } | null;
    lastProbeAt: Date | null;
    latencyMilliseconds: number | null;
  };

/** Every service, production first, in the order of the page. */
export async function listServices(ctx: Context): Promise<Service[]> {
  const rows = await ctx.db.select().from(services).orderBy(asc(services.position), asc(services.id));
  return rows.sort((a, b) => Number(a.environment === "demo") - Number(b.environment === "demo"));
}

async function presentManualStates(ctx: Context) {
  const rows = await ctx.db
    .select()
    .from(serviceStates)
    .where(
      and(
        isNull(serviceStates.clearedAt),
        or(isNull(serviceStates.expiresAt), gt(serviceStates.expiresAt, ctx.now)),
      ),
    )
    .orderBy(asc(serviceStates.setAt), asc(serviceStates.id));
  return new Map(rows.map((row) => [row.serviceId, row]));
}

async function latestProbes(ctx: Context) {
  const rows = await ctx.db.select().from(serviceProbes);
  return new Map(rows.map((row) => [row.target, row]));
}

async function openNoticesByService(ctx: Context) {
  const rows = await ctx.db
    .select({
      serviceId: noticeServices.serviceId,
      kind: notices.kind,
      priority: notices.priority,
      plannedStart: notices.plannedStart,
      plannedEnd: notices.plannedEnd,
      closedAt: notices.closedAt,
      state: sql<string>`(select ${noticeUpdates.state} from ${noticeUpdates} where ${noticeUpdates.noticeId} = ${notices.id} order by ${noticeUpdates.number} desc limit 1)`,
    })
    .from(notices)
    .innerJoin(noticeServices, eq(noticeServices.noticeId, notices.id))
    .where(and(isNull(notices.closedAt), inArray(notices.kind, ["incident", "window"])));
  return Map.groupBy(rows, (row) => row.serviceId);
}

/**
 * The state of every service at `ctx.now`. Probes run in this installation, so they count only for services of its own
 * environment.
 */
export async function readStatus(ctx: Context, own: Environment): Promise<ServiceStatus[]> {
  const all = await listServices(ctx);
  const manualStates = await presentManualStates(ctx);
  const probes = await latestProbes(ctx);
  const open = await openNoticesByService(ctx);
  return all.map((service) => {
    const manual = manualStates.get(service.id);
    const probe = service.probe && service.environment === own ? probes.get(service.probe) : undefined;
    const concerning = open.get(service.id) ?? [];
    const decided = decideState(
      {
        isCritical: service.isCritical,
        manual,
        openIncidents: concerning.flatMap((notice) =>
          notice.kind === "incident" ? [notice.priority ?? 4] : [],
        ),
        isWindowRunning: concerning.some(
          (notice) => notice.kind === "window" && isWindowRunning(notice, ctx.now),
        ),
        lastProbe: probe,
      },
      ctx.now,
    );
    return {
      ...service,
      ...decided,
      manual: manual ?? null,
      lastProbeAt: probe?.at ?? null,
      latencyMilliseconds: probe?.latencyMilliseconds ?? null,
    };
  });
}
