import { messageStates } from "@sor/core/messages";
import { canResend } from "@sor/core/resends";
import { countStates, listMessages, MessageFilter, statesMost } from "@sor/core/tracking";
import { stateMark } from "#lib/message-words.ts";
import { holds, requireUser } from "#lib/server/guards.ts";
import { addressQuery, filterOf, MessageQuery } from "#lib/server/message-query.ts";
import { linesOf } from "#lib/server/message-views.ts";
import { readFilter } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";

const perPage = 50;

const typed = [
  ...(["text", "reference", "party", "messageType", "sender", "receiver", "controlReference"] as const),
  ...(["fromDay", "toDay"] as const),
];
const Query = MessageQuery.extend({ after: MessageFilter.shape.after });

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { query: asked, problem } = readFilter(Query, event.url, typed);
  const { after, ...query } = asked;
  const filter = { ...filterOf(query), after, limit: perPage };
  // With an invalid field, no list would match the query.
  const page = problem ? { items: [], next: null } : await listMessages(ctx, filter);
  const counted = problem ? null : await countStates(ctx, filter);
  const kept = new URLSearchParams(addressQuery(query));
  const address = (cursor: string | null) => {
    const params = new URLSearchParams(kept);
    if (cursor !== null) params.set("after", cursor);
    return params.size === 0 ? "/meddelelser" : `/meddelelser?${params}`;
  };
  return {
    query,
    problem,
    hasMoreFields: typed.some((name) => name !== "text" && (query[name] ?? problem?.fieldFaults[name])),
    isFiltered: problem !== null || kept.size > 0,
    kept: kept.toString(),
    maySend: holds(user, "interchange.send", ctx.now),
    mayResend: page.items.length > 0 && kept.size > 0 && (await canResend(ctx, filterOf(query))),
    messages: await linesOf(ctx, page.items),
    newest: after === undefined ? null : address(null),
    next: page.next === null ? null : address(page.next),
    states: messageStates.flatMap((state) => {
      const count = counted?.states.get(state) ?? 0;
      const isChosen = query.state === state;
      const href = `/meddelelser?${addressQuery({ ...query, state })}`;
      return count > 0 || isChosen ? [{ state, count, isChosen, href, text: stateMark(state).text }] : [];
    }),
    everyState: `/meddelelser?${addressQuery({ ...query, state: undefined })}`,
    countedMost: counted?.isCut ? statesMost : null,
  };
};
