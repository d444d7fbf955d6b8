import { createHash } from "node:crypto";
import type { Context } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import { withForm } from "@sor/core/requests";

/** The hidden field by which a form names itself (`OnceField`). */
export const onceField = "once";

type Named = (form: { id: string; digest: string }) => void;
const forms = new WeakMap<Request, Named>();

/** The context of a posted request, whose form may name itself once it is read. */
export function contextOfForm(request: Request, ctx: Context): Context {
  const form = withForm(ctx);
  forms.set(request, form.name);
  return form.ctx;
}

/** Takes the id out of a form's values; from then on its changes are done once, however often it is posted. */
export function nameForm(request: Request, values: Record<string, string | string[]>): void {
  const { [onceField]: given, ...rest } = values;
  delete values[onceField];
  const id = Uuid.safeParse(given);
  if (!id.success) return;
  const { pathname, search } = new URL(request.url);
  const digest = createHash("sha256").update(JSON.stringify([pathname, search, rest]));
  forms.get(request)?.({ id: id.data, digest: digest.digest("hex") });
}
