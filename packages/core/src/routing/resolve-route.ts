import { hasGlnCheckDigit } from "../identifiers/index.ts";
import { holds, noEnd } from "./moments.ts";
import { nextChangeOf } from "./next-change.ts";
import { otherFormat } from "./other-format.ts";
import type { RouteMiss, RouteOutcome, WarningCode } from "./outcome.ts";
import type { TableEndpoint } from "./parties.ts";
import type { RoutingTable } from "./routing-table.ts";
import { type Standing, standingOf } from "./standing.ts";
import { type AskedType, type RouteFormat, readAskedType } from "./type-dictionary.ts";

/** A lookup: where is this message sent? `at` is in seconds since 1970. */
export type RouteQuestion = {
  gln: string;
  /** EDIFACT, XML or FHIR code, or URN. */
  messageType: string;
  version?: string | undefined;
  format?: RouteFormat | undefined;
  sender?: string | undefined;
  at: number;
};

const noWarnings: readonly WarningCode[] = [];

/**
 * Where a message of a type, in a version and format, is sent at a moment, or why there is no route (a value, not an error).
 * Without a version the newest one in force that the location receives is chosen. A `format` other than the code's own asks for
 * the same message in that format.
 */
export function resolveRoute(table: RoutingTable, question: RouteQuestion): RouteOutcome {
  const { gln, at } = question;
  const place = table.place(gln);
  const standing = standingOf(table, gln, place, at);
  if (!standing.isOpen) return standing.miss;
  const asked = typeFor(question);
  const version = versionFor(question, asked);
  const found = choosePair(table, place, asked.code, version, at);
  const until = Math.min(standing.until, found.until, senderUntil(table, question));
  if (found.pair < 0) return missOf(table, question, place, asked, version, found, until);
  const type = table.pairs.columns.type[found.pair] as number;
  const endpoint = table.pairs.columns.endpoint[found.pair] as number;
  const paused = pauseOf(table.parties.endpoints[endpoint] as TableEndpoint, at);
  return {
    found: true,
    gln,
    pair: found.pair,
    type,
    endpoint,
    profile: standing.profile,
    pausedUntil: paused,
    warnings: warningsOf(table, question, standing.profile, type),
    holdsUntil: typeof paused === "number" ? Math.min(until, paused) : until,
  };
}

/** Whether a location is known, open and active at a second, or the reason why nothing can be sent to it. */
export const routeStanding = (table: RoutingTable, gln: string, at: number): Standing =>
  standingOf(table, gln, table.place(gln), at);

/** The type to look for: as asked, or the same message in the requested format. */
export function typeFor(question: Pick<RouteQuestion, "messageType" | "format">): AskedType {
  const asked = readAskedType(question.messageType);
  const { format } = question;
  return format === undefined || asked.format === format ? asked : otherFormat(asked, format);
}

/** The version to look for, in upper case: letter case is ignored in codes and versions alike. */
export const versionFor = (question: Pick<RouteQuestion, "version">, asked: AskedType) =>
  (question.version ?? asked.version)?.toUpperCase();

/** Whether a registered code or version equals one in upper case. */
export const isSame = (registered: string | undefined, wanted: string | undefined) =>
  registered === wanted || registered?.toUpperCase() === wanted;

/** Until when an endpoint is paused (null: until further notice), or false. */
function pauseOf(endpoint: TableEndpoint, at: number): number | null | false {
  if (endpoint.state !== "paused") return false;
  if (endpoint.pausedUntil === null) return null;
  return at < endpoint.pausedUntil ? endpoint.pausedUntil : false;
}

type Choice = { pair: number; until: number; begins: number };

/** The best pair in force, until when it stays so, and when the first later one begins. */
function choosePair(
  table: RoutingTable,
  place: number,
  code: string,
  version: string | undefined,
  at: number,
): Choice {
  const choice: Choice = { pair: -1, until: noEnd, begins: noEnd };
  const wanted = table.types.code(code, "receive");
  if (wanted < 0) return choice;
  const { type, from, to } = table.pairs.columns;
  const start = table.pairs.start(place);
  const end = start + table.pairs.count(place);
  let best = -1;
  for (let row = start; row < end; row += 1) {
    if (table.types.codeOf[type[row] as number] !== wanted || !isOffered(table, row, version)) continue;
    const begins = from[row] as number;
    const ends = to[row] as number;
    if (at < begins) {
      choice.until = Math.min(choice.until, begins);
      choice.begins = Math.min(choice.begins, begins);
    } else if (holds(begins, ends, at)) {
      choice.until = Math.min(choice.until, ends);
      const rank = table.types.rankOf[type[row] as number] as number;
      if (rank > best) [best, choice.pair] = [rank, row];
    }
  }
  return choice;
}

/** Whether a row has the version asked for, at an endpoint that is not permanently closed. */
function isOffered(table: RoutingTable, row: number, version: string | undefined): boolean {
  const { type, endpoint } = table.pairs.columns;
  const held = table.types.entries[type[row] as number]?.version;
  if (version !== undefined && !isSame(held, version)) return false;
  return table.parties.endpoints[endpoint[row] as number]?.state !== "closed";
}

function missOf(
  table: RoutingTable,
  question: RouteQuestion,
  place: number,
  asked: AskedType,
  version: string | undefined,
  choice: Choice,
  holdsUntil: number,
): RouteMiss {
  const base = { found: false, gln: question.gln } as const;
  if (choice.begins !== noEnd) {
    return { ...base, reason: "not-yet-valid", what: "registration", validFrom: choice.begins, holdsUntil };
  }
  if (version !== undefined) {
    const supported = versionsOf(table, place, asked.code, question.at);
    if (supported.versions.length > 0) {
      const until = Math.min(holdsUntil, supported.until);
      return {
        ...base,
        reason: "version-not-supported",
        supportedVersions: supported.versions,
        holdsUntil: until,
      };
    }
    return { ...base, ...notSupported(asked), holdsUntil: Math.min(holdsUntil, supported.until) };
  }
  return { ...base, ...notSupported(asked), holdsUntil };
}

const notSupported = (asked: AskedType) =>
  ({ reason: "type-not-supported", isInCatalogue: asked.isInCatalogue }) as const;

/** The versions of a code that a location receives at a moment, newest first. */
export function versionsOf(table: RoutingTable, place: number, code: string, at: number) {
  const wanted = table.types.code(code, "receive");
  const { type, from, to, endpoint } = table.pairs.columns;
  const start = table.pairs.start(place);
  const held = new Set<number>();
  let until = noEnd;
  for (let row = start; row < start + table.pairs.count(place); row += 1) {
    const number = type[row] as number;
    if (table.types.codeOf[number] !== wanted) continue;
    const [begins, ends] = [from[row] as number, to[row] as number];
    if (at < begins) until = Math.min(until, begins);
    if (!holds(begins, ends, at)) continue;
    until = Math.min(until, ends);
    if (table.parties.endpoints[endpoint[row] as number]?.state !== "closed") held.add(number);
  }
  const newestFirst = [...held].sort((a, b) => (table.types.rankOf[b] ?? 0) - (table.types.rankOf[a] ?? 0));
  return { versions: newestFirst.map((number) => table.types.entries[number]?.version ?? ""), until };
}

function warningsOf(
  table: RoutingTable,
  question: RouteQuestion,
  profile: number,
  type: number,
): readonly WarningCode[] {
  const isInternal = table.parties.profiles[profile]?.onlyInternal === true;
  const entry = table.types.entries[type];
  const isOld = entry !== undefined && entry.urn !== null && !entry.isCurrent;
  const isWrong = !hasGlnCheckDigit(question.gln);
  const sender =
    question.sender === undefined ? undefined : senderWarning(table, question.sender, type, question.at);
  if (!isInternal && !isOld && !isWrong && !sender) return noWarnings;
  return [
    ...(isWrong ? (["check-digit"] as const) : []),
    ...(isInternal ? (["only-internal"] as const) : []),
    ...(isOld ? (["version-superseded"] as const) : []),
    ...(sender ? [sender] : []),
  ];
}

// The warnings about a sender hold until that sender's data changes.
const senderUntil = (table: RoutingTable, { sender, at }: RouteQuestion) =>
  sender === undefined ? noEnd : nextChangeOf(table, table.place(sender), at);

/** MedCom's governance for the network layer: both parties must be registered with the type and version. */
function senderWarning(
  table: RoutingTable,
  sender: string,
  type: number,
  at: number,
): WarningCode | undefined {
  const place = table.place(sender);
  if (!standingOf(table, sender, place, at).isOpen) return "sender-unknown";
  const received = table.types.entries[type];
  const [code, version] = [received?.code.toUpperCase(), received?.version.toUpperCase()];
  const { columns } = table.pairs;
  const start = table.pairs.start(place);
  for (let row = start; row < start + table.pairs.count(place); row += 1) {
    const entry = table.types.entries[columns.type[row] as number];
    if (entry === undefined || !isSame(entry.code, code) || !isSame(entry.version, version)) continue;
    if (holds(columns.from[row] as number, columns.to[row] as number, at)) return undefined;
  }
  return "sender-not-registered";
}
