import {
  type AlertKind,
  AlertSubscriptionChange,
  alertKinds,
  kindTitles,
  NewAlertSubscription,
} from "@sor/core/alerts";
import { Etag } from "@sor/core/endpoints";
import type { Fault } from "@sor/core/faults";
import { WrittenClock } from "@sor/core/validity";
import { z } from "zod";
import type { Language } from "#lib/language.ts";
import { m } from "#lib/words/index.ts";

const blankIsNull = (text: unknown) => (text === "" || text === undefined ? null : text);
const listed = (given: unknown) => (given === undefined ? [] : [given].flat());

/** The settings of an alert receiver as a form posts them: empty values are null. */
const { name, kinds, leastSeverity, digest, channel } = NewAlertSubscription.shape;
const clock = z.preprocess(blankIsNull, WrittenClock.nullable());
const wishes = z.object({
  name,
  kinds: z.preprocess(listed, kinds.unwrap()),
  leastSeverity: leastSeverity.unwrap(),
  digest: digest.unwrap(),
  quietFrom: clock,
  quietTo: clock,
});

/** A new receiver as its form posts it; the form does not contain its owner. */
export const NewReceiver = wishes
  .extend({
    channel,
    address: z.preprocess(blankIsNull, z.string().nullable()),
  })
  .transform((fields): z.input<typeof NewAlertSubscription> => ({ ...fields, supplierId: null }))
  .pipe(NewAlertSubscription);

/** Changed settings of an existing receiver, as its form posts them. */
export const EditedReceiver = wishes.extend({ etag: Etag }).transform(({ etag, ...given }, ctx) => {
  const { data: fields, error } = AlertSubscriptionChange.safeParse(given);
  if (fields) return { etag, fields };
  for (const { path, message } of error.issues) ctx.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

const quietTexts: Partial<Record<Fault, () => string>> = {
  "clock-form": m.alerts_quiet_form,
  "quiet-hours-reversed": m.alerts_quiet_reversed,
};
const quietFault = ({ message }: z.core.$ZodIssue) => (quietTexts[message as Fault] ?? m.alerts_quiet_rule)();

/** Texts for faults of single fields of a receiver. */
export const receiverFaults = {
  address: () => m.alerts_address_rule(),
  quietFrom: quietFault,
  quietTo: quietFault,
};

/** Every kind of alert, as options. */
export function kindOptions(language: Language): { value: AlertKind; text: string }[] {
  return alertKinds.map((kind) => ({ value: kind, text: kindTitles[kind][language] }));
}
