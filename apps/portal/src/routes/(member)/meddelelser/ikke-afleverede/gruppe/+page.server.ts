import { Uuid } from "@sor/core/identifiers";
import { nameGlns } from "@sor/core/organisations";
import { canResend } from "@sor/core/resends";
import {
  discardDeadLetters,
  listDeadLetters,
  listGroupSteps,
  listWays,
  rerouteDeadLetters,
  retryDeadLetters,
  type WayChoice,
} from "@sor/core/steering";
import {
  DeadLetterChoice,
  type GroupOutcome,
  listMessages,
  MessageFilter,
  OperatorReason,
} from "@sor/core/tracking";
import { z } from "zod";
import { reasonText } from "#lib/message-words.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { reasonFaults } from "#lib/server/message-forms.ts";
import { optionsOf, partyOf, wayText } from "#lib/server/message-views.ts";
import { readQuery } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

// The name of the form action is in the query too.
const groupOf = (url: URL): DeadLetterChoice => {
  const plain = new URL(url);
  for (const name of url.searchParams.keys()) if (name.startsWith("/")) plain.searchParams.delete(name);
  return readQuery(DeadLetterChoice, plain);
};

/** The endpoints for the messages of a group: those for one of its messages. */
async function waysOf(
  { locals }: Pick<RequestEvent, "locals">,
  group: DeadLetterChoice,
): Promise<WayChoice[]> {
  const filter = MessageFilter.parse({ ...group, state: "dead", limit: 1 });
  const [first] = (await listMessages(locals.ctx, filter)).items;
  return first ? await listWays(locals.ctx, { id: first.id }) : [];
}

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const group = groupOf(event.url);
  const found = (await listDeadLetters(ctx)).find(
    ({ reason, receiver, messageType }) =>
      reason === group.reason && receiver === group.receiver && messageType === group.messageType,
  );
  const names = await nameGlns(ctx, { glns: [group.receiver] });
  return {
    group: { ...group, reasonText: reasonText(group.reason), party: partyOf(group.receiver, names) },
    query: new URLSearchParams(group).toString(),
    count: found?.count ?? 0,
    options: optionsOf(await waysOf(event, group)),
    steps: await listGroupSteps(ctx, group),
    mayResend: found !== undefined && (await canResend(ctx, { ...group, state: "dead" })),
  };
};

const Asked = z
  .object({
    what: z.enum(["retry", "reroute", "discard"]),
    endpointId: z.union([z.literal(""), Uuid]).optional(),
    reason: OperatorReason.shape.reason,
  })
  .refine(({ what, endpointId }) => what !== "reroute" || !!endpointId, { path: ["endpointId"] });
type Asked = z.output<typeof Asked>;

const options = { schema: Asked, faults: { ...reasonFaults, endpointId: () => m.messages_reroute_choose() } };

async function act({ locals }: RequestEvent, group: DeadLetterChoice, asked: Asked, dryRun: boolean) {
  const { what, endpointId = "", reason } = asked;
  const input = { group, reason, dryRun };
  if (what === "retry") return await retryDeadLetters(locals.ctx, input);
  if (what === "reroute") return await rerouteDeadLetters(locals.ctx, { ...input, endpointId });
  return await discardDeadLetters(locals.ctx, { ...input, gatewayParty: locals.config.gatewayParty });
}

async function followsText(event: RequestEvent, group: DeadLetterChoice, asked: Asked, matched: number) {
  const count = matched;
  if (asked.what === "retry") {
    const names = await nameGlns(event.locals.ctx, { glns: [group.receiver] });
    const receiver = partyOf(group.receiver, names).name ?? group.receiver;
    return m.messages_dead_follows_retry({ count, receiver });
  }
  if (asked.what === "discard") return m.messages_dead_follows_discard({ count });
  const way = (await waysOf(event, group)).find(({ endpointId }) => endpointId === asked.endpointId);
  return way ? m.messages_dead_follows_reroute({ count, way: wayText(way) }) : m.messages_no_such_way();
}

function refusalText(code: string): string {
  if (code === "wrong-state") return m.messages_refused_wrong_state();
  if (code === "not-allowed") return m.messages_refused_not_allowed();
  const isWay = ["no-such-way", "not-received-there", "LOK", "VER", "MID", "already-there"].includes(code);
  return isWay ? m.messages_refused_no_way() : m.messages_refused_other();
}

const doneTexts = {
  retry: m.messages_dead_done_retry,
  reroute: m.messages_dead_done_reroute,
  discard: m.messages_dead_done_discard,
};

const outcomeOf = (what: Asked["what"], { matched, done, refused, remaining }: GroupOutcome) => ({
  isComplete: remaining === 0 && done === matched,
  lines: [
    doneTexts[what]({ done, matched }),
    ...Object.entries(refused).map(([code, count]) =>
      m.messages_dead_refused({ count: String(count), reason: refusalText(code) }),
    ),
    ...(remaining > 0 ? [m.messages_dead_remaining({ count: String(remaining) })] : []),
  ],
});

export const actions: Actions = {
  preview: async (event) => {
    requireUser(event);
    const group = groupOf(event.url);
    return await submitForm(event.request, options, async (asked) => {
      const { matched } = await act(event, group, asked, true);
      const text = await followsText(event, group, asked, matched);
      return { preview: { ...asked, endpointId: asked.endpointId ?? "", matched, text } };
    });
  },
  confirm: async (event) => {
    requireUser(event);
    const group = groupOf(event.url);
    return await submitForm(event.request, options, async (asked) => ({
      outcome: outcomeOf(asked.what, await act(event, group, asked, false)),
    }));
  },
};
