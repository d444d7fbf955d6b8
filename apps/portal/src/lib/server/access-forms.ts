import type { DomainError } from "@sor/core";
import {
  ChangedPassword,
  Credentials,
  type GrantScope,
  NewInvitation,
  NewKey,
  NewPassword,
  Username,
} from "@sor/core/access";
import { SupplierFields } from "@sor/core/endpoints";
import { addDays, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { m } from "#lib/words/index.ts";

type Fault = { field: string; text: string };

const text = z.string().default("");
const passwordsDiffer = { error: "differ", path: ["passwordAgain"] };

/** The login form: core's credentials, and the page to go to afterwards. */
export const LoginForm = Credentials.extend({ next: z.string().max(2000).optional() });

/** A password set by a one-time link; with the first password also the user name. */
export const InvitationForm = z
  .object({ username: Username.optional(), password: NewPassword, passwordAgain: text })
  .refine((form) => form.password === form.passwordAgain, passwordsDiffer);

/** Changing one's own password. */
export const PasswordForm = ChangedPassword.extend({ passwordAgain: text }).refine(
  (form) => form.newPassword === form.passwordAgain,
  passwordsDiffer,
);

/** Texts for faults of the password fields. */
export const passwordFaults = {
  username: () => m.access_username_rule(),
  password: () => m.access_password_length(),
  newPassword: () => m.access_password_length(),
  passwordAgain: () => m.access_password_differs(),
};

/** Core's password fault, at its field. */
export function passwordRefusal(error: DomainError): string | Fault {
  const texts: Record<string, () => string> = {
    "too-short": m.access_password_length,
    "too-long": m.access_password_length,
    "is-user-name": m.access_password_is_username,
    "too-common": m.access_password_common,
    wrong: m.access_password_wrong,
  };
  const { field, fault } = error.details;
  const found = typeof fault === "string" ? texts[fault] : undefined;
  return typeof field === "string" && found ? { field, text: found() } : m.form_refused_invalid();
}

/** Numbers are separated by whitespace, commas or semicolons. */
const numbers = text.transform((list) => list.split(/[\s,;]+/).filter((part) => part !== ""));

/** The scope of a role, from the form. */
function scopeOf(form: { role: string; supplierId: string; scope: string }): GrantScope {
  if (form.role === "authority") return { kind: "all" };
  if (form.role === "region") return { kind: "subtree", sorId: form.scope };
  if (form.role !== "reader" || form.supplierId !== "") {
    return { kind: "supplier", supplierId: form.supplierId };
  }
  return form.scope === "" ? { kind: "all" } : { kind: "subtree", sorId: form.scope };
}

const roleFields = { role: text, supplierId: text, scope: text.transform((id) => id.trim()) };

/** The invitation form, as core's invitation. */
export const InviteForm = z
  .object({ username: text, name: text, email: text, ...roleFields })
  .transform((form) => {
    const { username, name, email, role } = form;
    const scope = scopeOf(form);
    const supplierId = scope.kind === "supplier" ? scope.supplierId || null : null;
    return { username, name, email, supplierId, role, scope };
  })
  .pipe(NewInvitation);

/** The fault of an invalid scope: no vendor chosen, or an invalid SOR id. */
export function scopeFault(issue: z.core.$ZodIssue): string {
  return issue.path[1] === "supplierId" ? m.access_vendor_rule() : m.access_scope_rule();
}

/** A form's role, vendor and SOR id as role and scope. */
export const RoleForm = z
  .object(roleFields)
  .transform((form) => ({ role: form.role, scope: scopeOf(form) }))
  .pipe(z.object(NewInvitation.shape).pick({ role: true, scope: true }));

/** A part of the register as written: nothing, the word for all of it in either language, or a SOR id. */
const partOfRegister = (written: string): { registerPart?: string | undefined } =>
  written === "" ? {} : { registerPart: /^(?:alle|all)$/i.test(written) ? "all" : written };

/** The form for an API key; it ends with the given last day, in Danish time. */
export const KeyForm = z
  .object({
    supplierId: text,
    name: text,
    scopes: z.array(z.string()).default([]),
    glns: numbers,
    networks: numbers,
    registerPart: text.transform((part) => part.trim()),
    lastDay: WrittenDay,
  })
  .transform(({ glns, networks, lastDay, registerPart, ...form }) => ({
    ...form,
    ...partOfRegister(registerPart),
    glns: glns.length === 0 ? null : glns,
    networks: networks.length === 0 ? null : networks,
    expiresAt: startOfDayInDenmark(addDays(lastDay, 1)),
  }))
  .pipe(NewKey);

/** The form for a vendor; empty fields are unknown values. */
export const VendorForm = z
  .object({ name: text, email: text, telephone: text })
  .transform(
    ({ name, email, telephone }): z.input<typeof SupplierFields> => ({
      name,
      email: email || null,
      telephone: telephone || null,
    }),
  )
  .pipe(SupplierFields);
