import { may } from "@sor/core/access";
import {
  ConfirmationCode,
  confirmAlertSubscription,
  getAlertSubscription,
  kindTitles,
  listAlertMessages,
  removeAlertSubscription,
  testAlertSubscription,
  updateAlertSubscription,
} from "@sor/core/alerts";
import { Uuid } from "@sor/core/identifiers";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { channelText, digestText, leastText, outcomeMark, receiverMark } from "#lib/alert-words.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readParam } from "#lib/server/queries.ts";
import { EditedReceiver, kindOptions, receiverFaults } from "#lib/server/receiver-forms.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const idOf = (event: Pick<RequestEvent, "params" | "locals" | "url">) => {
  requireUser(event);
  return readParam(Uuid, event.params.id);
};

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const id = idOf(event);
  const receiver = await getAlertSubscription(ctx, { id });
  const { name, channel, address, kinds, leastSeverity, digest, quietFrom, quietTo, state, etag } = receiver;
  const subject = { type: "alert-subscription", id, supplierId: receiver.supplierId ?? undefined } as const;
  const language = event.locals.language;
  return {
    receiver: { id, name, address, state, etag },
    wishes: { name, kinds, leastSeverity, digest, quietFrom, quietTo },
    told: {
      least: leastText(leastSeverity),
      digest: digestText(digest),
      kinds: kinds.map((kind) => kindTitles[kind][language]),
    },
    kinds: kindOptions(language),
    channel: channelText(channel),
    mark: receiverMark(state),
    isTestable: state === "active" && channel !== "feed",
    mayEdit: may(user, "alert.edit", subject, ctx.now),
    isSaved: event.url.searchParams.has("gemt"),
    isTested: event.url.searchParams.has("proevet"),
    messages: (await listAlertMessages(ctx, { id, limit: 50 })).map((message) => ({
      id: message.id,
      subject: message.subject,
      mark: outcomeMark(message.state),
      error: message.lastError,
      createdAt: new Date(message.createdAt),
    })),
  };
};

const nothing = { schema: z.object({}) };

const pausing = (isPaused: boolean) => async (event: RequestEvent) => {
  const id = idOf(event);
  return await submitForm(event.request, nothing, async () => {
    await updateAlertSubscription(event.locals.ctx, { id, fields: { isPaused } });
    redirect(303, `/alarmer/${id}?gemt=1`);
  });
};

export const actions: Actions = {
  save: async (event) => {
    const id = idOf(event);
    const refusals = { conflict: () => m.form_changed_meanwhile() };
    const options = { schema: EditedReceiver, faults: receiverFaults, refusals };
    return await submitForm(event.request, options, async ({ etag, fields }) => {
      await updateAlertSubscription(event.locals.ctx, { id, etag, fields });
      redirect(303, `/alarmer/${id}?gemt=1`);
    });
  },
  confirm: async (event) => {
    const id = idOf(event);
    const isWrong = () => m.alerts_code_rule();
    const options = {
      schema: z.object({ code: ConfirmationCode }),
      faults: { code: isWrong },
      refusals: { invalid: () => ({ field: "code", text: isWrong() }) },
    };
    return await submitForm(event.request, options, async ({ code }) => {
      await confirmAlertSubscription(event.locals.ctx, { id, code });
      redirect(303, `/alarmer/${id}?gemt=1`);
    });
  },
  pause: pausing(true),
  resume: pausing(false),
  test: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, nothing, async () => {
      await testAlertSubscription(event.locals.ctx, { id });
      redirect(303, `/alarmer/${id}?proevet=1`);
    });
  },
  remove: async (event) => {
    const id = idOf(event);
    return await submitForm(event.request, nothing, async () => {
      await removeAlertSubscription(event.locals.ctx, { id });
      redirect(303, "/alarmer");
    });
  },
};
