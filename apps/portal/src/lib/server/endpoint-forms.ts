import type { DomainError } from "@sor/core";
import {
  EndpointFields,
  EndpointPause,
  Etag,
  mayEditEndpoints,
  RetryRule,
  SystemFields,
} from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import { addDays, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { error } from "@sveltejs/kit";
import { z } from "zod";
import { m } from "#lib/words/index.ts";
import { requireUser, type SignedIn } from "./guards.ts";

const blankIsNull = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => (text === "" || text === undefined ? null : text), schema);

const listed = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (text) =>
      typeof text === "string"
        ? text
            .toLowerCase()
            .split(/[\s,;]+/)
            .filter(Boolean)
        : text,
    schema,
  );

const written = blankIsNull(z.string().max(20).transform(Number).nullable());
const posted = z.object({
  name: EndpointFields.shape.name,
  transport: EndpointFields.shape.transport,
  systemId: blankIsNull(EndpointFields.shape.systemId),
  address: blankIsNull(EndpointFields.shape.address),
  mimeTypes: listed(EndpointFields.shape.mimeTypes),
  technicalContact: blankIsNull(EndpointFields.shape.technicalContact),
  isOrdered: z.preprocess((text) => text === "on", z.boolean()),
  signsText: z.preprocess((text) => text === "on", z.boolean()),
  firstSeconds: written,
  factor: written,
  longestSeconds: written,
  giveUpSeconds: written,
});

// The four fields are one rule: all of them are required, or none.
function withRetry<Fields extends z.output<typeof posted>>(fields: Fields, ctx: z.RefinementCtx<Fields>) {
  const { firstSeconds, factor, longestSeconds, giveUpSeconds, ...others } = fields;
  const rule = { firstSeconds, factor, longestSeconds, giveUpSeconds };
  if (Object.values(rule).every((value) => value === null)) return { ...others, retry: null };
  const { data: retry, error: fault } = RetryRule.safeParse(rule);
  if (retry) return { ...others, retry };
  for (const { path } of fault.issues) ctx.addIssue({ code: "custom", path });
  return z.NEVER;
}

/** An endpoint as the form posts it: empty values are null, content types are in one field. */
export const EndpointForm = posted.transform(withRetry);

/** An edit of an existing endpoint as its form posts it. */
export const EditedEndpoint = posted
  .extend({
    etag: Etag,
    /** Whether what it changes has been reviewed. */
    confirmed: z.preprocess((text) => text === "on", z.boolean()),
  })
  .transform(withRetry);

/** The posted values of an edited endpoint, for a page that passes them on to the next step. */
export function valuesOfEndpoint({
  retry,
  mimeTypes,
  isOrdered,
  confirmed: _,
  ...fields
}: z.output<typeof EditedEndpoint>): Record<string, string[]> {
  const texts = {
    ...fields,
    mimeTypes: mimeTypes.join(", "),
    ...(isOrdered && { isOrdered: "on" }),
    ...retry,
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [name, [value === null ? "" : String(value)]]),
  );
}

/** Texts for faults of single fields of an endpoint. */
export const endpointFaults = {
  mimeTypes: () => m.endpoints_mime_rule(),
  firstSeconds: () => m.endpoints_retry_rule(),
  factor: () => m.endpoints_retry_rule(),
  longestSeconds: () => m.endpoints_retry_rule(),
  giveUpSeconds: () => m.endpoints_retry_rule(),
};

/** A system as the form posts it. */
export const SystemForm = z.object({
  name: SystemFields.shape.name,
  version: blankIsNull(SystemFields.shape.version),
});

/** The ETag that an action on an endpoint is based on. */
export const SeenEndpoint = z.object({ etag: Etag });

/** A pause as the form posts it: its last day, in Denmark, or none. */
export const PauseForm = SeenEndpoint.extend({
  lastDay: blankIsNull(WrittenDay.nullable()),
  reason: blankIsNull(EndpointPause.shape.reason),
}).transform(({ lastDay, reason, etag }) => ({
  reason,
  etag,
  until: lastDay === null ? null : startOfDayInDenmark(addDays(lastDay, 1)),
}));

const faultTexts: Record<string, () => string> = {
  missing: m.endpoints_fault_missing,
  past: m.endpoints_fault_past,
  "mailbox-address": m.endpoints_fault_mailbox,
  "not-an-address": m.endpoints_fault_not_an_address,
  "has-credentials": m.endpoints_fault_has_credentials,
  "has-fragment": m.endpoints_fault_has_fragment,
  "not-https": m.endpoints_fault_not_https,
  "own-machine": m.endpoints_fault_own_machine,
  "not-public": m.endpoints_fault_not_public,
};

/** Texts for core's refusals about an endpoint or a system. */
export const endpointRefusals = {
  conflict: ({ details }: DomainError) =>
    details.fault === "too-many-secrets"
      ? m.endpoints_too_many_secrets()
      : details.fault === "etag"
        ? m.form_changed_meanwhile()
        : { field: "name", text: m.endpoints_taken() },
  invalid: ({ details }: DomainError) => ({
    field: details.fault === "past" ? "lastDay" : String(details.field ?? "name"),
    text: faultTexts[String(details.fault)]?.() ?? m.form_refused_invalid(),
  }),
};

type Asked = { locals: App.Locals; url: URL };

/** The user and the supplier of the endpoints: the user's own, or the one in the URL (`?leverandoer=`). */
export function endpointsOwner(asked: Asked): { user: SignedIn; supplierId: string | undefined } {
  const user = requireUser(asked);
  if (user.supplierId !== null) return { user, supplierId: user.supplierId };
  return { user, supplierId: Uuid.safeParse(asked.url.searchParams.get("leverandoer")).data };
}

/** The supplier of the endpoint or system to be created; 403 when there is none. */
export function requireOwner(asked: Asked): string {
  const { supplierId } = endpointsOwner(asked);
  if (supplierId !== undefined) return supplierId;
  refuse(asked);
}

/** The same for the page with the form, which is shown only to users who may send it. */
export function requireMaker(asked: Asked): string {
  const supplierId = requireOwner(asked);
  if (mayEditEndpoints(asked.locals.ctx, supplierId)) return supplierId;
  refuse(asked);
}

function refuse({ locals }: Asked): never {
  error(403, "not-allowed", { code: "not-allowed", requestId: locals.requestId });
}
