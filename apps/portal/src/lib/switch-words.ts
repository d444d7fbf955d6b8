import { faultTexts, isFault } from "@sor/core/faults";
import type { VendorSwitch } from "@sor/core/vendor-switches";
import { getLanguage } from "./language.ts";
import { m } from "./words/index.ts";

type Mark = { text: string; tone: "good" | "warn" | "bad" | "plan" | "" };

/** The state of a vendor switch. */
export function switchMark(state: VendorSwitch["state"]): Mark {
  const marks = {
    offered: [m.switch_state_offered, "plan"],
    accepted: [m.switch_state_accepted, "plan"],
    running: [m.switch_state_running, "plan"],
    halted: [m.switch_state_halted, "bad"],
    done: [m.switch_state_done, "good"],
    stopped: [m.switch_state_stopped, ""],
    returned: [m.switch_state_returned, "warn"],
  } satisfies Record<typeof state, [() => string, Mark["tone"]]>;
  const [text, tone] = marks[state];
  return { text: text(), tone };
}

/** What the state of a vendor switch means, and what happens next. */
export function switchStateText(state: VendorSwitch["state"]): string {
  const texts = {
    offered: m.switch_about_offered,
    accepted: m.switch_about_accepted,
    running: m.switch_about_running,
    halted: m.switch_about_halted,
    done: m.switch_about_done,
    stopped: m.switch_about_stopped,
    returned: m.switch_about_returned,
  } satisfies Record<typeof state, () => string>;
  return texts[state]();
}

/** The state of one wave. */
export function waveText(state: VendorSwitch["waves"][number]["state"]): string {
  const texts = {
    waiting: m.switch_wave_waiting,
    applied: m.switch_wave_applied,
    returning: m.switch_wave_returning,
    returned: m.switch_wave_returned,
    dropped: m.switch_wave_dropped,
  } satisfies Record<typeof state, () => string>;
  return texts[state]();
}

/** Why a switch is halted, from the code of the fault. */
export const haltText = (fault: string): string =>
  isFault(fault) ? faultTexts[fault][getLanguage()] : m.switch_halted_other({ code: fault });
