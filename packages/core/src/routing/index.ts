/** Answers "where do I send this message?" from an in-memory table that follows the journal. */
export { explainLookup } from "./explain-lookup.ts";
export { explainRoute } from "./explain-route.ts";
export { type Candidate, findByIdentifier, type IdentifierOutcome } from "./find-by-identifier.ts";
export { type FollowRoutingTable, followRoutingTable, type RoutingFollower } from "./follow-routing-table.ts";
export type { FollowerState } from "./follower-state.ts";
export { listReceivers, type ReceiversQuestion } from "./list-receivers.ts";
export { type LoadedTable, loadRoutingTable } from "./load-routing-table.ts";
export { locationRoutes, routeTimeline } from "./location-routes.ts";
export { noEnd, toSeconds, toText } from "./moments.ts";
export type { RouteHit, RouteMiss, RouteOutcome, RouteReason } from "./outcome.ts";
export { type ChangedPart, findChangedPart } from "./published/changed-part.ts";
export { allLines, linesFormat, partLines, tablePosition } from "./published/table-lines.ts";
export { readReceivers } from "./read-rows.ts";
export { type RouteQuestion, resolveRoute, routeStanding } from "./resolve-route.ts";
export { type PairRow, type PeriodRow, RoutingTable, type TableChange } from "./routing-table.ts";
export {
  AskedFormat,
  AskedGln,
  AskedMoment,
  AskedTypeText,
  AskedVersion,
  LocationRoutes,
  Receiver,
  ResolvedBy,
  RetryHints,
  RouteAnswer,
  RouteExplanation,
  RouteFormatName,
  RoutePair,
  RouteTimeline,
  routePairsMax,
} from "./schemas.ts";
export { readAskedType } from "./type-dictionary.ts";
export type { UnitVersion } from "./units.ts";
export { routeAnswer, routeBytes, routeJson, routeTag } from "./write-route.ts";
