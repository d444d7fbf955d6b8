import type { DomainError } from "@sor/core";
import { may } from "@sor/core/access";
import {
  AlertFilter,
  type AlertView,
  createAlertSubscription,
  kindTitles,
  listAlertSubscriptions,
  listAlerts,
} from "@sor/core/alerts";
import { listNoticesOfAlerts } from "@sor/core/status";
import { channelText, receiverMark, severityMark } from "#lib/alert-words.ts";
import { submitForm } from "#lib/server/forms.ts";
import { hasRole, requireUser, type SignedIn, whatMayBeSeen } from "#lib/server/guards.ts";
import { kindOptions, NewReceiver, receiverFaults } from "#lib/server/receiver-forms.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const shownClosed = 50;

/** The page of an alert: the pending decisions, else its endpoint. */
function nextOf({ kind, endpointId }: AlertView, mayFollow: boolean): { href: string; text: string } | null {
  if (kind === "dead-letters" && mayFollow) {
    return { href: "/meddelelser/ikke-afleverede", text: m.alerts_next_dead() };
  }
  if (kind === "receipts-overdue" && mayFollow) {
    return { href: "/meddelelser?state=delivered", text: m.alerts_next_receipts() };
  }
  return endpointId === null
    ? null
    : { href: `/endepunkter/${endpointId}/tilstand`, text: m.alerts_next_endpoint() };
}

type Telling = { noticeOf: ReadonlyMap<string, string>; mayTell: boolean };

/** What the public is told of an alert: its notice, or the form of one begun with it; null for whoever may write none. */
function noticeOf(alert: AlertView, { noticeOf: written, mayTell }: Telling) {
  if (!mayTell) return null;
  if (alert.kind === "notice-overdue") return { href: "/driftsbeskeder", text: m.alerts_notice_overdue() };
  const id = written.get(alert.id);
  if (id) return { href: `/driftsbeskeder/${id}`, text: m.alerts_notice_written() };
  return { href: `/driftsbeskeder/ny?type=haendelse&alarm=${alert.id}`, text: m.alerts_notice_write() };
}

function alertLine(alert: AlertView, isEnglish: boolean, mayFollow: boolean) {
  const { id, endpointName, openedAt, closedAt } = alert;
  const title = kindTitles[alert.kind];
  return {
    ...{ id, endpointName, next: nextOf(alert, mayFollow) },
    mark: severityMark(alert.severity),
    title: isEnglish ? title.en : title.da,
    text: isEnglish ? alert.textEn : alert.textDa,
    openedAt: new Date(openedAt),
    closedAt: closedAt === null ? null : new Date(closedAt),
  };
}

/** Whether the user may change the receivers: of their vendor's alerts, or of all alerts. */
function mayEdit(user: SignedIn, now: Date): boolean {
  const supplierId = user.supplierId ?? undefined;
  return may(user, "alert.edit", { type: "alert-subscription", id: "new", supplierId }, now);
}

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const isEnglish = event.locals.language === "en";
  const { mayFollowMessages } = whatMayBeSeen(user, ctx.now);
  const line = (alert: AlertView) => alertLine(alert, isEnglish, mayFollowMessages);
  const open = await listAlerts(ctx, AlertFilter.parse({ state: "open", limit: 200 }));
  const closed = await listAlerts(ctx, AlertFilter.parse({ state: "closed", limit: shownClosed }));
  const receivers = await listAlertSubscriptions(ctx);
  const telling = {
    noticeOf: await listNoticesOfAlerts(
      ctx,
      open.items.map(({ id }) => id),
    ),
    mayTell: hasRole(user, ctx.now, "authority"),
  };
  return {
    open: open.items.map((alert) => ({ ...line(alert), notice: noticeOf(alert, telling) })),
    closed: closed.items.map(line),
    receivers: receivers.map(({ id, name, channel, state, lastSentAt }) => ({
      ...{ id, name, channel: channelText(channel), mark: receiverMark(state) },
      lastSentAt: lastSentAt === null ? null : new Date(lastSentAt),
    })),
    kinds: kindOptions(event.locals.language),
    mayEdit: mayEdit(user, ctx.now),
  };
};

const options = {
  schema: NewReceiver,
  faults: receiverFaults,
  refusals: {
    conflict: ({ details }: DomainError) =>
      details.fault === "address-taken"
        ? { field: "address", text: m.alerts_address_taken() }
        : m.alerts_too_many(),
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
