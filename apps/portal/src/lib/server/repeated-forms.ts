import { createHash } from "node:crypto";
import type { Context } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import { withForm } from "@sor/core/requests";

/** The hidden field with a form's id (`OnceField`). */
const onceField = "once";

type Named = (form: { id: string; digest: string }) => void;
const forms = new WeakMap<Request, Named>();

/** The context of a POST, whose form id is set when the form is read. */
export function contextOfForm(request: Request, ctx: Context): Context {
  const form = withForm(ctx);
  forms.set(request, form.name);
  return form.ctx;
}

/** Removes the id from a form's values; changes made after this are idempotent for that id. */
export function nameForm(request: Request, values: Record<string, string | string[]>): void {
  const { [onceField]: given, ...rest } = values;
  delete values[onceField];
  const id = Uuid.safeParse(given);
  if (!id.success) return;
  const { pathname, search } = new URL(request.url);
  const digest = createHash("sha256").update(JSON.stringify([pathname, search, rest]));
  forms.get(request)?.({ id: id.data, digest: digest.digest("hex") });
}
