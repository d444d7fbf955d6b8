import type { ResendPlan } from "@sor/core/resends";
import { stateMark } from "#lib/message-words.ts";
import { m } from "#lib/words/index.ts";

type LeftOut = ResendPlan["leftOut"][number];

/** Why messages are excluded, a line per reason. */
export function leftOutLines(list: readonly LeftOut[]): string[] {
  return list.map(({ reason, state, count }) => {
    const texts = {
      "not-found": m.messages_resend_left_unknown,
      "not-the-sender": m.messages_resend_left_sender,
      "wrong-state": () => m.messages_resend_left_state({ state: state ? stateMark(state).text : "" }),
      "payload-pruned": m.messages_resend_left_pruned,
      "copy-is-among-them": m.messages_resend_left_copy,
      LOK: m.messages_reason_lok,
      VER: m.messages_reason_ver,
      MID: m.messages_reason_mid,
    } satisfies Record<LeftOut["reason"], () => string>;
    return m.messages_resend_line({ count: String(count), reason: texts[reason]() });
  });
}

/** Why messages were refused when the job reached them, a line per reason. */
export function refusedLines(refused: Readonly<Record<string, number>>): string[] {
  const texts: Record<string, () => string> = {
    "wrong-state": m.messages_refused_wrong_state,
    "not-allowed": m.messages_refused_not_allowed,
    "payload-pruned": m.messages_resend_left_pruned,
    LOK: m.messages_reason_lok,
    VER: m.messages_reason_ver,
    MID: m.messages_reason_mid,
  };
  return Object.entries(refused).map(([code, count]) =>
    m.messages_resend_line({ count: String(count), reason: (texts[code] ?? m.messages_refused_other)() }),
  );
}
