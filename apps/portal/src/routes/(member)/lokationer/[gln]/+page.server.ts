import { DomainError } from "@sor/core";
import { Gln, RoutedGln } from "@sor/core/identifiers";
import {
  getLocation,
  type Location,
  MessageTypeCode,
  messageTypes,
  previewRegistrations,
  type RegistrationPlan,
  RegistrationSet,
  setRegistrations,
  VersionCode,
} from "@sor/core/message-types";
import { dayInDenmark } from "@sor/core/validity";
import { type ActionFailure, fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { problemText } from "#lib/location-words.ts";
import { m } from "#lib/paraglide/messages.js";
import { formValues, submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import {
  fieldOfProblem,
  lastDayOf,
  type MatrixForm,
  newRows,
  problemOfForm,
  readMatrixForm,
} from "#lib/server/matrix-form.ts";
import { readParam } from "#lib/server/queries.ts";
import { reviewOf } from "#lib/server/review.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const catalogue = messageTypes.flatMap(({ code, version, nameDa, nameEn, kind, format, status }) =>
  code === undefined ||
  version === undefined ||
  kind === "namespace" ||
  format === "other" ||
  status !== "current"
    ? []
    : [{ pair: `${code} ${version}`, format, nameDa, nameEn }],
);

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const gln = readParam(RoutedGln, event.params.gln);
  const location = await getLocation(event.locals.ctx, { gln });
  const { versions: _, registrations, ...rest } = location;
  const received = new Set(
    registrations
      .filter((row) => row.direction === "receive")
      .map((row) => `${row.messageType} ${row.version}`),
  );
  return {
    location: rest,
    rows: registrations.map(rowOf),
    catalogue: location.mayEdit
      ? catalogue.map((type) => ({ ...type, isReceived: received.has(type.pair) }))
      : [],
    newRows,
    saved: savedCall(event, gln),
  };
};

function rowOf(row: Location["registrations"][number]) {
  const { messageType, version, direction, endpointId, endpointName, nameDa, nameEn, isSuperseded } = row;
  return {
    messageType,
    version,
    direction,
    endpointId,
    endpointName,
    nameDa,
    nameEn,
    isSuperseded,
    from: dayInDenmark(row.validFrom),
    to: row.validTo === null ? "" : lastDayOf(row.validTo),
    start: row.validFrom.toISOString(),
    end: row.validTo?.toISOString() ?? "",
  };
}

/** The call that asks the gateway about what was saved; null when nothing was, just now. */
function savedCall(
  { url, locals }: RequestEvent | Parameters<PageServerLoad>[0],
  gln: string,
): string | null {
  if (url.searchParams.get("gemt") === null) return null;
  const [type, version] = (url.searchParams.get("gemt") ?? "").split(" ");
  const [code, ofVersion] = [MessageTypeCode.safeParse(type).data, VersionCode.safeParse(version).data];
  const path =
    code && ofVersion ? `/${encodeURIComponent(code)}?version=${encodeURIComponent(ofVersion)}` : "";
  return `curl '${locals.config.gatewayOrigin}/v1/routes/${gln}${path}'`;
}

const Posted = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** What the posted matrix asks for, as core takes it; or why it cannot be read. */
function readPosted(event: RequestEvent, values: z.output<typeof Posted>) {
  const form = readMatrixForm(values);
  const faults = form.faults.map(({ field, code, pair }) => ({
    field,
    text: faultOfPair(field, pair ?? "", problemText({ code })),
  }));
  const comment = [values.comment ?? ""].flat()[0]?.trim();
  const input = RegistrationSet.omit({ registrations: true }).safeParse({
    gln: event.params.gln,
    etag: values.etag,
    ...(comment && { comment }),
  });
  if (!input.success) throw new DomainError("invalid", "The form is not one of ours.");
  return { form, faults, input: { ...input.data, registrations: form.wanted } };
}

type Refused = ActionFailure<{ problem: FormProblem }>;

function refusedFields(values: z.output<typeof Posted>, faults: { field: string; text: string }[]): Refused {
  return fail(400, { problem: problemOfForm(values, faults) });
}

function errorsOf(form: MatrixForm, problems: RegistrationPlan["problems"]) {
  return problems
    .filter((problem) => problem.severity === "error")
    .map((problem) => {
      const field = fieldOfProblem(form, problem);
      const pair = `${problem.messageType} ${problem.version}`;
      return { field, text: faultOfPair(field, pair, problemText(problem)) };
    });
}

/** All ticks stand in one field, so that a fault there names its pair. */
function faultOfPair(field: string, pair: string, text: string): string {
  return field === "type-tick" ? `${pair}: ${text}` : text;
}

const options = { schema: Posted, refusals: { conflict: () => m.locations_conflict() } };

export const actions: Actions = {
  preview: async (event) => {
    requireUser(event);
    return await submitForm(event.request, options, async (values) => {
      const { form, faults, input } = readPosted(event, values);
      const { plan } = await previewRegistrations(event.locals.ctx, input);
      const found = [...faults, ...errorsOf(form, plan.problems)];
      if (found.length > 0) return refusedFields(values, found);
      const { endpointChoices } = await getLocation(event.locals.ctx, { gln: input.gln });
      return { review: reviewOf(plan, endpointChoices), values: problemOfForm(values, []).values };
    });
  },
  edit: async (event) => {
    requireUser(event);
    return { problem: problemOfForm(formValues(await event.request.formData()), []) };
  },
  save: async (event) => {
    requireUser(event);
    const gln = readParam(Gln, event.params.gln);
    return await submitForm(event.request, options, async (values) => {
      const { faults, input } = readPosted(event, values);
      if (faults.length > 0) return refusedFields(values, faults);
      const { plan } = await setRegistrations(event.locals.ctx, input);
      const changes = plan.changes.filter((change) => change.kind !== "unchanged");
      const shown =
        changes.find((change) => change.direction === "receive" && change.after.length > 0) ?? changes[0];
      const pair = shown ? `${shown.messageType} ${shown.version}` : "";
      redirect(303, `/lokationer/${gln}?${new URLSearchParams({ gemt: pair })}`);
    });
  },
};
