import type { GrantScope, Role, Scope } from "@sor/core/access";
import { m } from "#lib/words/index.ts";

/** The name of a role. */
export function roleText(role: Role): string {
  const texts = {
    authority: m.access_role_authority,
    region: m.access_role_region,
    "vendor-administrator": m.access_role_vendor_administrator,
    "vendor-editor": m.access_role_vendor_editor,
    reader: m.access_role_reader,
  } satisfies Record<Role, () => string>;
  return texts[role]();
}

/** The scope of a role; `vendors` maps supplier ids to names. */
export function scopeText(scope: GrantScope, vendors: Readonly<Record<string, string>>): string {
  switch (scope.kind) {
    case "all":
      return m.access_scope_all();
    case "subtree":
      return m.access_scope_subtree({ sorId: scope.sorId });
    case "locations":
      return m.access_scope_locations({ count: scope.glns.length });
    case "supplier":
      return vendors[scope.supplierId] ?? m.access_scope_vendor();
  }
}

/** What a key's scope permits. */
export function keyScopeText(scope: Scope): string {
  const texts = {
    "interchanges:send": m.access_key_send,
    "messages:read": m.access_key_messages,
    "mailboxes:read": m.access_key_mailboxes,
    "register:write": m.access_key_register,
    "journal:read": m.access_key_journal,
    "status:write": m.access_key_status,
    "registrations:write": m.access_key_registrations,
    "endpoints:read": m.access_key_endpoints_read,
    "endpoints:write": m.access_key_endpoints,
    "alerts:read": m.access_key_alerts_read,
    "alerts:write": m.access_key_alerts_write,
    "changes:subscribe": m.access_key_changes,
  } satisfies Record<Scope, () => string>;
  return texts[scope]();
}

const subjectTexts: Readonly<Record<string, () => string>> = {
  unit: m.access_subject_unit,
  location: m.access_subject_location,
  endpoint: m.access_subject_endpoint,
  system: m.access_subject_system,
  "system-approvals": m.access_subject_system_approvals,
  supplier: m.access_subject_supplier,
  "net-operator": m.access_subject_net_operator,
  message: m.access_subject_message,
  interchange: m.access_subject_interchange,
  resend: m.access_subject_resend,
  patient: m.access_subject_patient,
  "alert-subscription": m.access_subject_alert_subscription,
  "change-subscription": m.access_subject_change_subscription,
  notice: m.access_subject_notice,
  service: m.access_subject_service,
  user: m.access_subject_user,
  invitation: m.access_subject_invitation,
  key: m.access_subject_key,
  "shak-code": m.access_subject_shak_code,
  "organisational-level": m.access_subject_organisational_level,
  "location-number": m.access_subject_location_number,
  "location-number-range": m.access_subject_location_number_range,
  "change-set": m.access_subject_change_set,
  register: m.access_subject_register,
};

/** The subject types of journal entries, for the filter. */
export function subjectOptions(): { value: string; text: string }[] {
  return Object.entries(subjectTexts).map(([value, text]) => ({ value, text: text() }));
}

/** The subject type of a journal entry; the code itself where it has no translation. */
export function subjectText(type: string): string {
  return subjectTexts[type]?.() ?? type;
}

/** Why a one-time link no longer works: `why` of core's `gone`. */
export function goneLinkText(why: string | undefined): string {
  if (why === "expired") return m.access_invitation_expired();
  if (why === "vendor-deactivated") return m.access_invitation_vendor();
  return why === "withdrawn" ? m.access_invitation_withdrawn() : m.access_invitation_used();
}
