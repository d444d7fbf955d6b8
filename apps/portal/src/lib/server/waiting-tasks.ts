import type { Context } from "@sor/core";
import { listGrantRequests } from "@sor/core/access";
import { AlertFilter, listAlerts } from "@sor/core/alerts";
import { countProposalsToAnswer, countSentBack, countSetsToApprove } from "@sor/core/changesets";
import { countOutdated } from "@sor/core/phasing-out";
import { listApprovals, listDeadLetters } from "@sor/core/steering";
import { countSwitchesToHandle } from "@sor/core/vendor-switches";
import { m } from "#lib/words/index.ts";
import { hasRole, holds, type SignedIn, whatMayBeSeen } from "./guards.ts";

/** Pending decisions of one kind: their number, text and page. */
type WaitingTask = { count: number; text: string; href: string };

const alertsCounted = 200;

/** What waits for a decision of the user or their colleagues; nothing that they may not see. */
export async function listWaitingTasks(ctx: Context, user: SignedIn): Promise<WaitingTask[]> {
  const { mayFollowMessages, maySeeAlerts } = whatMayBeSeen(user, ctx.now);
  const tasks: WaitingTask[] = [];
  if (mayFollowMessages) {
    const dead = (await listDeadLetters(ctx)).reduce((sum, { count }) => sum + count, 0);
    tasks.push({ count: dead, text: m.start_waiting_dead(), href: "/meddelelser/ikke-afleverede" });
    const approvals = (await listApprovals(ctx)).filter(
      ({ waitsFor, isOwnRequest }) => waitsFor === "second" && !isOwnRequest,
    );
    tasks.push({
      count: approvals.length,
      text: m.start_waiting_release(),
      href: "/meddelelser/frigivelse",
    });
  }
  if (maySeeAlerts) {
    const { items } = await listAlerts(ctx, AlertFilter.parse({ state: "open", limit: alertsCounted }));
    tasks.push({ count: items.length, text: m.start_waiting_alerts(), href: "/alarmer" });
  }
  if (hasRole(user, ctx.now, "authority")) {
    const requests = (await listGrantRequests(ctx)).filter(({ requestedBy }) => requestedBy.id !== user.id);
    tasks.push({ count: requests.length, text: m.start_waiting_roles(), href: "/brugere" });
  }
  tasks.push({
    count: await countSetsToApprove(ctx),
    text: m.start_waiting_changes(),
    href: "/aendringssaet?state=submitted",
  });
  const { waiting, overdue } = await countProposalsToAnswer(ctx);
  tasks.push({
    count: waiting,
    text: overdue > 0 ? m.proposals_waiting_overdue({ count: overdue }) : m.proposals_waiting(),
    href: "/aendringssaet?state=proposed",
  });
  tasks.push({
    count: await countSentBack(ctx),
    text: m.proposals_sent_back(),
    href: "/aendringssaet?state=declined",
  });
  tasks.push({
    count: await countSwitchesToHandle(ctx),
    text: m.start_waiting_switches(),
    href: "/leverandoerskifte",
  });
  if (holds(user, "registration.edit", ctx.now))
    tasks.push({ count: await countOutdated(ctx), text: m.phasing_waiting(), href: "/udfasning" });
  return tasks.filter(({ count }) => count > 0);
}
