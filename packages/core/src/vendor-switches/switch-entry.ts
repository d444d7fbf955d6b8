import type { ChangedSubject } from "../context.ts";
import type { Action } from "../permissions/index.ts";
import { type SwitchRow, switchAction } from "./sides.ts";

/** The journal entry of a step of a switch. */
export const switchEntry = (
  id: string,
  from: SwitchRow["state"] | null,
  to: SwitchRow["state"],
  more: Readonly<Record<string, unknown>> = {},
): ChangedSubject & { action: Action } => ({
  action: switchAction,
  subjectType: "vendor-switch",
  subjectId: id,
  ...(from !== null && { before: { state: from } }),
  after: { state: to, ...more },
});
