import type { SuccessorShare, Withdrawal } from "@sor/core/organisations";
import { m } from "./words/index.ts";

/** How much a successor takes over, after its name; nothing where it is not said. */
export function withShare(name: string, share: SuccessorShare | null): string {
  const texts = {
    all: m.successions_share_all,
    part: m.successions_share_part,
    function: m.successions_share_function,
  } satisfies Record<SuccessorShare, () => string>;
  return share === null ? name : `${name} (${texts[share]()})`;
}

/** Why a unit should never have been registered. */
export function reasonText(reason: Withdrawal["reason"]): string {
  const texts = {
    duplicate: m.successions_reason_duplicate,
    "never-existed": m.successions_reason_never_existed,
    misplaced: m.successions_reason_misplaced,
    test: m.successions_reason_test,
    other: m.successions_reason_other,
  } satisfies Record<Withdrawal["reason"], () => string>;
  return texts[reason]();
}
