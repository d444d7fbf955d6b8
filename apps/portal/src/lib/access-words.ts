import type { GrantScope, Role, Scope } from "@sor/core/access";
import { m } from "#lib/paraglide/messages.js";

/** What a role is called. */
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

/** Within what a role is held; `vendors` names suppliers by id. */
export function scopeText(scope: GrantScope, vendors: Readonly<Record<string, string>>): string {
  switch (scope.kind) {
    case "all":
      return m.access_scope_all();
    case "subtree":
      return m.access_scope_subtree({ sorId: scope.sorId });
    case "locations":
      return m.access_scope_locations({ count: String(scope.glns.length) });
    case "supplier":
      return vendors[scope.supplierId] ?? m.access_scope_vendor();
  }
}

/** What a key's scope lets a program do. */
export function keyScopeText(scope: Scope): string {
  const texts = {
    "interchanges:send": m.access_key_send,
    "messages:read": m.access_key_messages,
    "mailboxes:read": m.access_key_mailboxes,
    "registrations:write": m.access_key_registrations,
    "endpoints:write": m.access_key_endpoints,
    "alerts:read": m.access_key_alerts_read,
    "alerts:write": m.access_key_alerts_write,
  } satisfies Record<Scope, () => string>;
  return texts[scope]();
}
