import { eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import {
  type EndpointChoice,
  findSupplier,
  type LocationStatus,
  type LocationVersion,
  listEndpointChoices,
  listLocationVersions,
  locationEtag,
  locationStatus,
  presentVersion,
  type Supplier,
  subjectOfLocation,
} from "../endpoints/index.ts";
import { netOperators, systems } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { listUnitsOfGln, type UnitOfGln } from "../organisations/index.ts";
import { may } from "../permissions/index.ts";
import { compareEnds, dayInDenmark } from "../validity/index.ts";
import { listRegistrations, type Registration, registrationsEtag } from "./list-registrations.ts";
import { type Helper, whomToAsk } from "./whom-to-ask.ts";

/** The data of a location number's page: what it is, whose, what it receives, and who may change that. */
export type Location = {
  gln: string;
  status: LocationStatus;
  /** The version valid today; else the next one, else the last one. */
  present: LocationVersion;
  versions: LocationVersion[];
  units: UnitOfGln[];
  system: { id: string; name: string; version: string | null } | null;
  supplier: Supplier | null;
  netOperator: { code: string; name: string } | null;
  /** What it receives and sends now or later. */
  registrations: Registration[];
  /** Endpoints that may be chosen: the supplier's, not closed. */
  endpointChoices: EndpointChoice[];
  mayEdit: boolean;
  /** Who can change it, when the actor cannot. */
  helper: Helper | null;
  /** ETag of the registrations, for `setRegistrations`. */
  etag: string;
  /** ETag of the location number itself, for `updateLocation`. */
  locationEtag: string;
};

/** A location number with everything around it; throws `not-found`. */
export async function getLocation(ctx: Context, input: { gln: string }): Promise<Location> {
  const { gln } = input;
  const day = dayInDenmark(ctx.now);
  const versions = await listLocationVersions(ctx.db, gln);
  const present = presentVersion(versions, day);
  if (!present) throw new DomainError("not-found", "no-such-location", { gln });
  const [units, supplier, system, netOperator, all, endpointChoices, subject] = await Promise.all([
    listUnitsOfGln(ctx, { gln }),
    present.supplierId === null ? null : findSupplier(ctx.db, present.supplierId),
    findSystem(ctx, present.systemId),
    findNetOperator(ctx, present.netOperatorCode),
    listRegistrations(ctx, { gln }),
    present.supplierId === null ? [] : listEndpointChoices(ctx.db, present.supplierId),
    subjectOfLocation(ctx.db, gln, versions, ctx.now),
  ]);
  const mayEdit = may(ctx.actor, "registration.edit", subject, ctx.now);
  return {
    gln,
    status: locationStatus(versions, day),
    present,
    versions,
    units,
    system,
    supplier: supplier ?? null,
    netOperator,
    registrations: all.filter((each) => compareEnds(ctx.now, each.validTo) < 0),
    endpointChoices,
    mayEdit,
    helper: mayEdit ? null : whomToAsk(supplier ?? null, ctx.actor),
    etag: registrationsEtag(all),
    locationEtag: locationEtag(versions),
  };
}

async function findSystem(ctx: Context, id: string | null): Promise<Location["system"]> {
  if (id === null) return null;
  const columns = { id: systems.id, name: systems.name, version: systems.version };
  const [found] = await ctx.db.select(columns).from(systems).where(eq(systems.id, id));
  return found ?? null;
}

async function findNetOperator(ctx: Context, code: string | null): Promise<Location["netOperator"]> {
  if (code === null) return null;
  const [found] = await ctx.db.select().from(netOperators).where(eq(netOperators.code, code));
  return found ?? { code, name: code };
}
