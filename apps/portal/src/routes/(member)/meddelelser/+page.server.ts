import { listMessages, MessageFilter, type MessageState, messageStates } from "@sor/core/messages";
import { addDays, startOfDayInDenmark } from "@sor/core/validity";
import { z } from "zod";
import { stateMark } from "#lib/message-words.ts";
import { requireUser } from "#lib/server/guards.ts";
import { linesOf } from "#lib/server/message-views.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

const perPage = 50;

/** The filters as they stand in the address: days in Denmark, the last one inclusive. */
const Query = MessageFilter.pick({
  party: true,
  sender: true,
  receiver: true,
  reference: true,
  controlReference: true,
  messageType: true,
  state: true,
  reason: true,
}).extend({
  fromDay: z.iso.date().optional(),
  toDay: z.iso.date().optional(),
  after: MessageFilter.shape.after,
});

const instantOf = (day: string) => startOfDayInDenmark(day).toISOString();

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const { fromDay, toDay, after, ...filter } = readQuery(Query, event.url);
  const page = await listMessages(ctx, {
    ...filter,
    ...(fromDay !== undefined && { from: instantOf(fromDay) }),
    ...(toDay !== undefined && { to: instantOf(addDays(toDay, 1)) }),
    after,
    limit: perPage,
  });
  const query = { ...filter, fromDay, toDay };
  const kept = new URLSearchParams(
    Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const address = (cursor: string | null) => {
    const params = new URLSearchParams(kept);
    if (cursor !== null) params.set("after", cursor);
    return params.size === 0 ? "/meddelelser" : `/meddelelser?${params}`;
  };
  return {
    query,
    isFiltered: kept.size > 0,
    messages: await linesOf(ctx, page.items),
    newest: after === undefined ? null : address(null),
    next: page.next === null ? null : address(page.next),
    states: messageStates.map((state: MessageState) => ({ value: state, text: stateMark(state).text })),
  };
};
