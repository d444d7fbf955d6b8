import type { MessageEnvelope, Party } from "@sor/edi";
import { RoutedGln } from "../identifiers/index.ts";
import { type RoutingTable, resolveRoute, routeStanding } from "../routing/index.ts";
import { type MessageRoute, ownMailbox } from "./plan-acceptance.ts";

/** What decides where a message goes: its type and version, as sent or as the catalogue has them. */
type RoutedMessage = Pick<MessageEnvelope, "code" | "version" | "type">;

/** Where a message to a party goes. */
export type RouteOf = (receiver: Party, message: RoutedMessage) => MessageRoute;

const refused = (reason: "LOK" | "VER" | "MID") => ({ found: false, reason }) as const;

/**
 * Where a message goes, by the same decision as a lookup, or MedCom's reason why it is refused: MID when the receiver is not a
 * location number or is out of use, LOK when it is unknown, closed or begins later, VER when it does not receive the type in that
 * version at an open endpoint. `at` is in seconds since 1970.
 */
export function routeMessage(
  table: RoutingTable,
  { receiver, message, at }: { receiver: Party; message: RoutedMessage; at: number },
): MessageRoute {
  const gln = receiver.id;
  const isLocation = RoutedGln.safeParse(gln).success && (receiver.qualifier ?? "14") === "14";
  if (!isLocation) return refused("MID");
  const standing = routeStanding(table, gln, at);
  if (!standing.isOpen) return refused(standing.miss.reason === "gln-inactive" ? "MID" : "LOK");
  // A transport envelope's own receipt has no type that can be registered: it goes to the mailbox of the location number.
  if (message.type?.kind === "receipt" && message.type.format === "other") {
    return {
      found: true,
      endpointId: ownMailbox,
      transport: "mailbox",
      isPaused: false,
      giveUpSeconds: null,
    };
  }
  const messageType = message.type?.code ?? message.code;
  const version = message.type?.version ?? message.version;
  // A lookup without a version finds the newest; a message is never sent in a version that it does not state.
  if (!messageType || !version) return refused("VER");
  const outcome = resolveRoute(table, { gln, messageType, version, at });
  if (!outcome.found) return refused("VER");
  const endpoint = table.parties.endpoints[outcome.endpoint];
  if (!endpoint) throw new RangeError("a route names an endpoint that was not read");
  const { id: endpointId, transport, retry } = endpoint;
  const isPaused = outcome.pausedUntil !== false;
  return { found: true, endpointId, transport, isPaused, giveUpSeconds: retry?.giveUpSeconds ?? null };
}
