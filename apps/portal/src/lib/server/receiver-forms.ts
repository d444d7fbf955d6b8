import {
  type AlertKind,
  AlertSubscriptionChange,
  alertKinds,
  kindTitles,
  NewAlertSubscription,
} from "@sor/core/alerts";
import { Etag } from "@sor/core/endpoints";
import { z } from "zod";
import type { Language } from "#lib/language.ts";
import { m } from "#lib/words/index.ts";

const blankIsNull = (text: unknown) => (text === "" || text === undefined ? null : text);
const listed = (given: unknown) => (given === undefined ? [] : [given].flat());

/** What a receiver wants to hear, as a form posts it: empty is nothing. */
const { name, kinds, leastSeverity, digest, quietFrom, quietTo, channel } = NewAlertSubscription.shape;
const wishes = z.object({
  name,
  kinds: z.preprocess(listed, kinds.unwrap()),
  leastSeverity: leastSeverity.unwrap(),
  digest: digest.unwrap(),
  quietFrom: z.preprocess(blankIsNull, quietFrom.unwrap()),
  quietTo: z.preprocess(blankIsNull, quietTo.unwrap()),
});

/** A new receiver as its form posts it; whose it is stands in no form. */
export const NewReceiver = wishes
  .extend({
    channel,
    address: z.preprocess(blankIsNull, z.string().nullable()),
  })
  .transform((fields): z.input<typeof NewAlertSubscription> => ({ ...fields, supplierId: null }))
  .pipe(NewAlertSubscription);

/** Other wishes of a receiver that was shown, as the form posts them back. */
export const EditedReceiver = wishes.extend({ etag: Etag }).transform(({ etag, ...given }, ctx) => {
  const { data: fields, error } = AlertSubscriptionChange.safeParse(given);
  if (fields) return { etag, fields };
  for (const { path, message } of error.issues) ctx.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

/** Words for faults of single fields of a receiver. */
export const receiverFaults = {
  address: () => m.alerts_address_rule(),
  quietFrom: () => m.alerts_quiet_rule(),
  quietTo: () => m.alerts_quiet_rule(),
};

/** Every kind of alert, to choose among. */
export function kindOptions(language: Language): { value: AlertKind; text: string }[] {
  return alertKinds.map((kind) => ({ value: kind, text: kindTitles[kind][language] }));
}
