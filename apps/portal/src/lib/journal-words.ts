import type { JournalAction } from "@sor/core/journal";
import { m } from "#lib/words/index.ts";

const actionTexts = {
  "register.import": m.journal_action_register_import,
  "register.configure": m.journal_action_register_configure,
  "approval-rule.edit": m.journal_action_approval_rule_edit,
  "unit.edit": m.journal_action_unit_edit,
  "location.edit": m.journal_action_location_edit,
  "registration.edit": m.journal_action_registration_edit,
  "endpoint.read": m.journal_action_endpoint_read,
  "endpoint.edit": m.journal_action_endpoint_edit,
  "system.edit": m.journal_action_system_edit,
  "supplier.edit": m.journal_action_supplier_edit,
  "notice.edit": m.journal_action_notice_edit,
  "publication.edit": m.journal_action_publication_edit,
  "service.edit": m.journal_action_service_edit,
  "user.invite": m.journal_action_user_invite,
  "user.edit": m.journal_action_user_edit,
  "user.create": m.journal_action_user_create,
  "role.grant": m.journal_action_role_grant,
  "key.edit": m.journal_action_key_edit,
  "journal.read": m.journal_action_journal_read,
  "interchange.send": m.journal_action_interchange_send,
  "message.read": m.journal_action_message_read,
  "mailbox.read": m.journal_action_mailbox_read,
  "alert.read": m.journal_action_alert_read,
  "alert.edit": m.journal_action_alert_edit,
  "change-subscription.edit": m.journal_action_change_subscription_edit,
  "vendor-switch.edit": m.journal_action_vendor_switch_edit,
  "password.change": m.journal_action_password_change,
  login: m.journal_action_login,
  "login.code": m.journal_action_login_code,
  "second-factor.on": m.journal_action_second_factor_on,
  "second-factor.off": m.journal_action_second_factor_off,
  "validity.change": m.journal_action_validity_change,
  "saved-search.edit": m.journal_action_saved_search_edit,
  "change-set.edit": m.journal_action_change_set_edit,
  "second-factor.codes": m.journal_action_second_factor_codes,
} satisfies Record<JournalAction, () => string>;

/** The action of a journal entry; its code where the action no longer exists. */
export function actionText(action: string): string {
  return Object.hasOwn(actionTexts, action) ? actionTexts[action as JournalAction]() : action;
}

/** The actions for the filter, sorted by their names. */
export function actionOptions(): { value: string; text: string }[] {
  return Object.entries(actionTexts)
    .map(([value, text]) => ({ value, text: text() }))
    .toSorted((a, b) => a.text.localeCompare(b.text, "da"));
}

const fieldTexts: Readonly<Record<string, () => string>> = {
  name: m.journal_field_name,
  nameDa: m.journal_field_nameDa,
  title: m.journal_field_title,
  text: m.journal_field_text,
  state: m.journal_field_state,
  reason: m.journal_field_reason,
  kind: m.journal_field_kind,
  priority: m.journal_field_priority,
  services: m.journal_field_services,
  serviceId: m.journal_field_serviceId,
  plannedStart: m.journal_field_plannedStart,
  plannedEnd: m.journal_field_plannedEnd,
  closedAt: m.journal_field_closedAt,
  expiresAt: m.journal_field_expiresAt,
  username: m.journal_field_username,
  email: m.journal_field_email,
  telephone: m.journal_field_telephone,
  supplierId: m.journal_field_supplierId,
  userId: m.journal_field_userId,
  role: m.journal_field_role,
  validFrom: m.journal_field_validFrom,
  validTo: m.journal_field_validTo,
  request: m.journal_field_request,
  scope: m.journal_field_scope,
  scopes: m.journal_field_scopes,
  glns: m.journal_field_glns,
  start: m.journal_field_start,
  purpose: m.journal_field_purpose,
  secondFactor: m.journal_field_secondFactor,
  deactivatedAt: m.journal_field_deactivatedAt,
  deactivated: m.journal_field_deactivated,
  isActive: m.journal_field_isActive,
  revokedAt: m.journal_field_revokedAt,
  transport: m.journal_field_transport,
  address: m.journal_field_address,
  systemId: m.journal_field_systemId,
  endpointId: m.journal_field_endpointId,
  contact: m.journal_field_contact,
  version: m.journal_field_version,
  note: m.journal_field_note,
  pausedUntil: m.journal_field_pausedUntil,
  pauseReason: m.journal_field_pauseReason,
  drainingSince: m.journal_field_drainingSince,
  retry: m.journal_field_retry,
  channel: m.journal_field_channel,
  messages: m.journal_field_messages,
  furtherRefusals: m.journal_field_furtherRefusals,
  until: m.journal_field_until,
  code: m.journal_field_code,
  lastVerifiedAt: m.journal_field_lastVerifiedAt,
  undoes: m.journal_field_undoes,
  payload: m.journal_field_payload,
  search: m.journal_field_search,
};

/** The label of a field of an entry; of a nested field both labels. Fields without a label keep their own name. */
export function fieldText(path: readonly string[]): string {
  return path
    .map((name) => (Object.hasOwn(fieldTexts, name) ? fieldTexts[name]?.() : undefined) ?? name)
    .join(" › ");
}
