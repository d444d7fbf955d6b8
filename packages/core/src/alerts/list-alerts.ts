import { and, desc, eq, inArray, lt, ne, or, type SQL } from "drizzle-orm";
import type { Context } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { alertOwners } from "./alert-owners.ts";
import { type AlertFilter, AlertListCursor, type AlertView } from "./schemas.ts";
import { alertIncidents } from "./tables.ts";
import { factText } from "./wording.ts";

type Row = { incident: typeof alertIncidents.$inferSelect; endpointName: string | null };

/** The view of an incident for receivers. */
export function alertView({ incident, endpointName }: Row): AlertView {
  const { id, kind, severity, supplierId, endpointId, openedAt, closedAt, flaps, facts } = incident;
  const text = factText(kind, facts);
  return {
    id,
    kind,
    severity,
    state: incident.state === "closed" ? "closed" : "open",
    supplierId,
    endpointId,
    endpointName,
    openedAt: (openedAt ?? incident.firstSeenAt).toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
    flaps,
    facts,
    textDa: text.da,
    textEn: text.en,
  };
}

function selectAlerts(ctx: Context, where: SQL | undefined) {
  const owners = alertOwners(ctx);
  const isOwn = owners === "all" ? undefined : inArray(alertIncidents.supplierId, [...owners]);
  return ctx.db
    .select({ incident: alertIncidents, endpointName: endpoints.name })
    .from(alertIncidents)
    .leftJoin(endpoints, eq(endpoints.id, alertIncidents.endpointId))
    .where(and(ne(alertIncidents.state, "pending"), isOwn, where))
    .orderBy(desc(alertIncidents.openedAt), desc(alertIncidents.id));
}

/** Incidents that the actor may see, the latest first. */
export async function listAlerts(ctx: Context, filter: AlertFilter): Promise<Page<AlertView>> {
  const cursor = filter.after === undefined ? undefined : decodeCursor(AlertListCursor, filter.after);
  const { openedAt, id } = alertIncidents;
  const where = and(
    filter.state && eq(alertIncidents.state, filter.state),
    filter.kind && eq(alertIncidents.kind, filter.kind),
    filter.severity && eq(alertIncidents.severity, filter.severity),
    filter.endpointId === undefined ? undefined : eq(alertIncidents.endpointId, filter.endpointId),
    cursor &&
      or(lt(openedAt, new Date(cursor[0])), and(eq(openedAt, new Date(cursor[0])), lt(id, cursor[1]))),
  );
  const rows = await selectAlerts(ctx, where).limit(filter.limit + 1);
  const page = toPage(rows, filter.limit, ({ incident }) => [incident.openedAt?.toISOString(), incident.id]);
  return { ...page, items: page.items.map(alertView) };
}

/** One incident; `not-found` also when it is another's. */
export async function getAlert(ctx: Context, input: { id: string }): Promise<AlertView> {
  const [row] = await selectAlerts(ctx, eq(alertIncidents.id, input.id)).limit(1);
  if (!row) throw new DomainError("not-found", "no-such-alert");
  return alertView(row);
}
