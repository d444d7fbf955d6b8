import type { Context } from "@sor/core";
import type { MessageSummary } from "@sor/core/messages";
import { nameGlns } from "@sor/core/organisations";
import { nameEndpoint, type WayChoice } from "@sor/core/steering";
import { transportText } from "#lib/message-words.ts";
import { m } from "#lib/words/index.ts";

/** A message in a list of the portal. */
export type MessageLine = Omit<MessageSummary, "receivedAt" | "stateSince" | "interchangeId" | "position"> & {
  receivedAt: Date;
  senderName: string | null;
  receiverName: string | null;
};

/** Messages with the names of their parties, for a list. */
export async function linesOf(ctx: Context, messages: readonly MessageSummary[]): Promise<MessageLine[]> {
  const names = await nameGlns(ctx, { glns: messages.flatMap(({ sender, receiver }) => [sender, receiver]) });
  return messages.map(({ interchangeId: _, position: __, stateSince: ___, ...message }) => ({
    ...message,
    receivedAt: new Date(message.receivedAt),
    senderName: names.get(message.sender) ?? null,
    receiverName: names.get(message.receiver) ?? null,
  }));
}

/** Names of endpoints and their suppliers, by id. */
export async function endpointNames(
  ctx: Context,
  ids: readonly (string | null | undefined)[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const id of new Set(ids)) {
    if (typeof id !== "string") continue;
    const found = await nameEndpoint(ctx, { id });
    if (found) names.set(id, `${found.name}, ${found.supplierName}`);
  }
  return names;
}

/** A party of a message: its number, its name, and whether it has a page. */
export type PartyView = { id: string; name: string | null; isGln: boolean };

/** A party with its name, if it is the location number of a unit. */
export function partyOf(id: string, names: ReadonlyMap<string, string>): PartyView {
  return { id, name: names.get(id) ?? null, isGln: /^\d{13}$/.test(id) };
}

/** An endpoint as a text. */
export function wayText({ name, supplierName, transport }: WayChoice): string {
  return `${name}, ${supplierName} (${transportText(transport)})`;
}

/** Endpoints for a choice, those with the type registered first. */
export function optionsOf(ways: readonly WayChoice[]): { value: string; text: string; group: string }[] {
  return ways.map((way) => ({
    value: way.endpointId,
    text: wayText(way),
    group: way.isRegistered ? m.messages_reroute_registered() : m.messages_reroute_own(),
  }));
}
