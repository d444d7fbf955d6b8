import { Uuid } from "@sor/core/identifiers";
import { getMessage } from "@sor/core/messages";
import {
  cancelMessage,
  discardDeadLetter,
  holdMessage,
  listSteps,
  type MessageStep,
  messageSteps,
  releaseMessage,
  resendMessage,
  retryDeadLetter,
} from "@sor/core/steering";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { stateMark, stepWords } from "#lib/message-words.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { reasonFaults, StepForm, stepRefusal } from "#lib/server/message-forms.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const Step = z.enum(messageSteps).exclude(["reroute"]);
type Step = Exclude<MessageStep, "reroute">;
const dangerous: readonly Step[] = ["cancel", "discard"];

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const step = readParam(Step, event.params.step);
  const message = await getMessage(ctx, { id: readParam(Uuid, event.params.id) });
  const { id, messageType, reference } = message;
  return {
    message: { id, messageType, reference, mark: stateMark(message.state) },
    step,
    words: stepWords(step),
    isDangerous: dangerous.includes(step),
    isPossible: (await listSteps(ctx, { id })).includes(step),
  };
};

type Asked = { id: string; reason: string; takesTwo: boolean };

/** Executes a step; returns the page to go to: the message, or the new one, with the confirmation to show. */
async function carryOut(
  step: Step,
  { locals }: RequestEvent,
  asked: Asked,
): Promise<[id: string, said: string]> {
  const { ctx, config } = locals;
  const { id, reason, takesTwo } = asked;
  switch (step) {
    case "retry":
      return [(await retryDeadLetter(ctx, { id, reason })).id, step];
    case "cancel":
      return [(await cancelMessage(ctx, { id, reason })).id, step];
    case "hold":
      return [(await holdMessage(ctx, { id, reason, takesTwo })).id, step];
    case "resend":
      return [(await resendMessage(ctx, { id, reason })).messageId, step];
    case "release":
      return [id, (await releaseMessage(ctx, { id, reason })).isReleased ? step : "asked"];
    case "discard":
      return [(await discardDeadLetter(ctx, { id, reason, gatewayParty: config.gatewayParty })).id, step];
  }
}

export const actions: Actions = {
  default: async (event) => {
    requireUser(event);
    const step = readParam(Step, event.params.step);
    const id = readParam(Uuid, event.params.id);
    const options = { schema: StepForm, faults: reasonFaults, refusals: { conflict: stepRefusal } };
    return await submitForm(event.request, options, async ({ reason, takesTwo }) => {
      const asked = { id, reason, takesTwo: takesTwo !== undefined };
      const [to, said] = await carryOut(step, event, asked);
      redirect(303, `/meddelelser/${to}?gjort=${said}`);
    });
  },
};
