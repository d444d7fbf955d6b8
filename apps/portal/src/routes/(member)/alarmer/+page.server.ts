import { may } from "@sor/core/access";
import {
  AlertFilter,
  type AlertView,
  alertKinds,
  alertSeverities,
  createAlertSubscription,
  kindTitles,
  listAlertSubscriptions,
  listAlerts,
  NewAlertSubscription,
} from "@sor/core/alerts";
import { z } from "zod";
import { channelText, receiverMark, severityMark } from "#lib/alert-words.ts";
import { m } from "#lib/paraglide/messages.js";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser, type SignedIn } from "#lib/server/guards.ts";
import type { Actions, PageServerLoad } from "./$types";

const shownClosed = 50;

function alertLine(alert: AlertView, isEnglish: boolean) {
  const { id, endpointId, endpointName, openedAt, closedAt } = alert;
  const title = kindTitles[alert.kind];
  return {
    ...{ id, endpointId, endpointName },
    mark: severityMark(alert.severity),
    title: isEnglish ? title.en : title.da,
    text: isEnglish ? alert.textEn : alert.textDa,
    openedAt: new Date(openedAt),
    closedAt: closedAt === null ? null : new Date(closedAt),
  };
}

/** May the user change who is told: of a vendor's own alerts, or, who looks after everything, of all. */
function mayEdit(user: SignedIn, now: Date): boolean {
  const supplierId = user.supplierId ?? undefined;
  return may(user, "alert.edit", { type: "alert-subscription", id: "new", supplierId }, now);
}

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const isEnglish = event.locals.language === "en";
  const line = (alert: AlertView) => alertLine(alert, isEnglish);
  const open = await listAlerts(ctx, AlertFilter.parse({ state: "open", limit: 200 }));
  const closed = await listAlerts(ctx, AlertFilter.parse({ state: "closed", limit: shownClosed }));
  const receivers = await listAlertSubscriptions(ctx);
  return {
    open: open.items.map(line),
    closed: closed.items.map(line),
    receivers: receivers.map(({ id, name, channel, state, lastSentAt }) => ({
      ...{ id, name, channel: channelText(channel), mark: receiverMark(state) },
      lastSentAt: lastSentAt === null ? null : new Date(lastSentAt),
    })),
    kinds: alertKinds.map((kind) => ({
      value: kind,
      text: isEnglish ? kindTitles[kind].en : kindTitles[kind].da,
    })),
    mayEdit: mayEdit(user, ctx.now),
  };
};

const blankIsNull = (text: unknown) => (text === "" || text === undefined ? null : text);
const listed = (given: unknown) => (given === undefined ? [] : [given].flat());

/** A receiver as the form posts it: empty is nothing. */
const ReceiverForm = z
  .object({
    channel: z.enum(["mail", "webhook", "feed"]),
    address: z.preprocess(blankIsNull, z.string().nullable()),
    name: z.string(),
    kinds: z.preprocess(listed, z.array(z.enum(alertKinds))),
    leastSeverity: z.enum(alertSeverities),
    digest: z.enum(["at-once", "hourly", "daily"]),
    quietFrom: z.preprocess(blankIsNull, z.string().nullable()),
    quietTo: z.preprocess(blankIsNull, z.string().nullable()),
  })
  .transform((fields): z.input<typeof NewAlertSubscription> => ({ ...fields, supplierId: null }))
  .pipe(NewAlertSubscription);

const options = {
  schema: ReceiverForm,
  faults: {
    address: () => m.alerts_address_rule(),
    quietFrom: () => m.alerts_quiet_rule(),
    quietTo: () => m.alerts_quiet_rule(),
  },
  refusals: {
    conflict: () => m.alerts_too_many(),
    invalid: () => ({ field: "address", text: m.alerts_bad_address() }),
  },
};

export const actions: Actions = {
  default: async (event) => {
    const { supplierId } = requireUser(event);
    event.setHeaders({ "cache-control": "no-store" });
    return await submitForm(event.request, options, async (fields) => {
      const { ctx, config } = event.locals;
      const made = await createAlertSubscription(ctx, {
        ...fields,
        supplierId,
        plainHttpHosts: config.privateHosts,
      });
      const { id, name, channel } = made.subscription;
      const feed =
        made.feedToken === null ? null : `${config.gatewayOrigin}/alerts/feed/${made.feedToken}.rss`;
      return { made: { id, name, channel, secret: made.secret ?? feed } };
    });
  },
};
