import type { MessageEnvelope, Party } from "@sor/edi";
import { and, eq, gt, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import {
  isPaused,
  type LocationStatus,
  type LocationVersion,
  locationStatus,
  presentVersion,
} from "../endpoints/index.ts";
import { endpoints, locationVersions } from "../endpoints/tables.ts";
import { RoutedGln } from "../identifiers/index.ts";
import { registrations } from "../message-types/tables.ts";
import { dayInDenmark } from "../validity/index.ts";
import { type MessageRoute, ownMailbox } from "./plan-acceptance.ts";

/** What the register says of a party on this day; status undefined: not registered. */
export type PartyFacts = { status: LocationStatus | undefined; supplierId: string | null };

const unknownParty: PartyFacts = { status: undefined, supplierId: null };

/** What the register says of several parties. */
export async function loadParties(
  db: ReadDatabase,
  ids: readonly string[],
  now: Date,
): Promise<(id: string) => PartyFacts> {
  const day = dayInDenmark(now);
  const rows = await db
    .select()
    .from(locationVersions)
    .where(and(inArray(locationVersions.gln, [...new Set(ids)]), isNull(locationVersions.supersededAt)))
    .orderBy(locationVersions.validFrom);
  const facts = new Map<string, PartyFacts>();
  for (const [gln, versions] of Map.groupBy(rows, (row: LocationVersion) => row.gln)) {
    const supplierId = presentVersion(versions, day)?.supplierId ?? null;
    facts.set(gln, { status: locationStatus(versions, day), supplierId });
  }
  return (id) => facts.get(id) ?? unknownParty;
}

/** What a location number receives at that instant, and at which endpoint. */
type ReceivedType = {
  messageType: string;
  version: string;
  format: "EDIFACT" | "XML" | "FHIR";
  endpointId: string;
  transport: "webhook" | "mailbox" | "folder";
  isOpen: boolean;
  isPaused: boolean;
  giveUpSeconds: number | null;
};

/**
 * Everything that location numbers receive at that instant. Registrations recorded later than `now` apply from when they were
 * recorded, since the upload may have begun before that, or another process's clock may be ahead, and endpoints are read in their
 * current state.
 */
export async function loadTypesReceivedBy(
  db: ReadDatabase,
  glns: readonly string[],
  now: Date,
): Promise<(gln: string) => readonly ReceivedType[]> {
  const instant = sql`greatest(${registrations.recordedAt}, ${now}::timestamptz)`;
  const rows = await db
    .select({
      gln: registrations.gln,
      messageType: registrations.messageType,
      version: registrations.version,
      format: registrations.format,
      endpointId: endpoints.id,
      transport: endpoints.transport,
      state: endpoints.state,
      pausedUntil: endpoints.pausedUntil,
      retry: endpoints.retry,
    })
    .from(registrations)
    .innerJoin(endpoints, eq(endpoints.id, registrations.endpointId))
    .where(
      and(
        inArray(registrations.gln, [...new Set(glns)]),
        eq(registrations.direction, "receive"),
        isNull(registrations.supersededAt),
        lte(registrations.validFrom, instant),
        or(isNull(registrations.validTo), gt(registrations.validTo, instant)),
      ),
    );
  const received = Map.groupBy(
    rows.map(({ state, pausedUntil, retry, ...row }) => ({
      ...row,
      giveUpSeconds: retry?.giveUpSeconds ?? null,
      isOpen: state !== "closed",
      isPaused: isPaused({ state, pausedUntil }, now),
    })),
    ({ gln }) => gln,
  );
  return (gln) => received.get(gln) ?? [];
}

/** Everything that a location number receives at that instant. */
export async function loadReceivedTypes(
  db: ReadDatabase,
  gln: string,
  now: Date,
): Promise<readonly ReceivedType[]> {
  return (await loadTypesReceivedBy(db, [gln], now))(gln);
}

/**
 * Where a message goes, or MedCom's reason why it is refused: MID when the receiver is not a location number or is out of use,
 * LOK when it is unknown or closed, VER when it does not receive the type in that version.
 */
export function routeMessage(
  message: Pick<MessageEnvelope, "code" | "version" | "type">,
  receiver: { party: Party; facts: PartyFacts; receives: readonly ReceivedType[] },
): MessageRoute {
  const { party, facts, receives } = receiver;
  const isLocation = RoutedGln.safeParse(party.id).success && (party.qualifier ?? "14") === "14";
  if (!isLocation) return { found: false, reason: "MID" };
  if (facts.status === "inactive") return { found: false, reason: "MID" };
  if (facts.status !== "active") return { found: false, reason: "LOK" };
  // A transport envelope's own receipt has no type that can be registered: it goes to the mailbox of the location number.
  if (message.type?.kind === "receipt" && message.type.format === "other") {
    const mailbox = { endpointId: ownMailbox, transport: "mailbox" } as const;
    return { found: true, ...mailbox, isPaused: false, giveUpSeconds: null };
  }
  const type = (message.type?.code ?? message.code)?.toUpperCase();
  const version = (message.type?.version ?? message.version)?.toUpperCase();
  const found = receives.find(
    (row) => row.messageType.toUpperCase() === type && row.version.toUpperCase() === version,
  );
  if (!found) return { found: false, reason: "VER" };
  if (!found.isOpen) return { found: false, reason: "MID" };
  const { endpointId, transport, isPaused, giveUpSeconds } = found;
  return { found: true, endpointId, transport, isPaused, giveUpSeconds };
}
