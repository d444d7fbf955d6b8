import { nameGlns } from "@sor/core/organisations";
import { listDeadLetters } from "@sor/core/steering";
import { reasonText } from "#lib/message-words.ts";
import { requireUser } from "#lib/server/guards.ts";
import { partyOf } from "#lib/server/message-views.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const groups = await listDeadLetters(ctx);
  const names = await nameGlns(ctx, { glns: groups.map(({ receiver }) => receiver) });
  return {
    groups: groups.flatMap(({ reason, receiver, messageType, count, oldest }) => {
      if (reason === null) return [];
      const choice = new URLSearchParams({ reason, receiver, messageType });
      return {
        key: choice.toString(),
        reason: reasonText(reason),
        receiver: partyOf(receiver, names),
        messageType,
        count,
        oldest: new Date(oldest),
      };
    }),
  };
};
