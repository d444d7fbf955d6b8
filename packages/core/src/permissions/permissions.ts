import { isInForce } from "./in-force.ts";

/** The subject of a permission check. A location carries the attributes that grants can refer to. */
export type Subject = {
  type:
    | "unit"
    | "location"
    | "endpoint"
    | "system"
    | "supplier"
    | "notice"
    | "publication"
    | "service"
    | "user"
    | "key"
    | "register"
    | "journal"
    | "interchange"
    | "message"
    | "mailbox"
    | "alert"
    | "alert-subscription"
    | "change-subscription"
    | "change-set"
    | "vendor-switch";
  id: string;
  /** The account that made the subject, for what only its maker may do. */
  ownerId?: string | undefined;
  /** The supplier (vendor) that owns the subject, if any. */
  supplierId?: string | undefined;
  /** Location numbers the subject concerns. If absent, actors limited to some location numbers have no permission. */
  glns?: readonly string[] | undefined;
  /** SOR ids of the subject's unit or units and of all their ancestors. */
  unitPath?: readonly string[] | undefined;
};

/** Actions everybody may do on their own account and nobody on another's. */
const ownAccountActions = ["password.change", "saved-search.edit"] as const;

/** Actions everybody who may edit the register may do on what they made themselves, and nobody on another's. */
const ownWorkActions = ["change-set.edit"] as const;

/** What an editor of the register may edit. */
const editingActions = ["unit.edit", "location.edit", "registration.edit"] as const;

/** Actions nobody may do on their own account, whatever their roles. */
const neverOnOneself = ["role.grant"] as const;

export const actions = [
  "register.import",
  "register.configure",
  "validity.change",
  "approval-rule.edit",
  "unit.edit",
  "location.edit",
  "registration.edit",
  "endpoint.read",
  "endpoint.edit",
  "system.edit",
  "supplier.edit",
  "notice.edit",
  "publication.edit",
  "service.edit",
  "user.invite",
  "user.edit",
  "user.create",
  "role.grant",
  "key.edit",
  "journal.read",
  "interchange.send",
  "message.read",
  "mailbox.read",
  "alert.read",
  "alert.edit",
  "change-subscription.edit",
  "vendor-switch.edit",
  ...ownAccountActions,
  ...ownWorkActions,
] as const;
export type Action = (typeof actions)[number];

export const roles = ["authority", "region", "vendor-administrator", "vendor-editor", "reader"] as const;
export type Role = (typeof roles)[number];

const vendorEditing: Action[] = [
  "registration.edit",
  "endpoint.read",
  "endpoint.edit",
  "system.edit",
  "interchange.send",
  "message.read",
  "mailbox.read",
  "alert.read",
  "alert.edit",
  "change-subscription.edit",
  "vendor-switch.edit",
];

/**
 * Actions allowed to each role within the scope of its grant. Accounts are created by invitation only, so no role has that
 * action.
 */
export const roleActions: Readonly<Record<Role, ReadonlySet<Action>>> = {
  authority: new Set<Action>([
    "register.import",
    "register.configure",
    "approval-rule.edit",
    "unit.edit",
    "location.edit",
    "registration.edit",
    "endpoint.read",
    "endpoint.edit",
    "system.edit",
    "supplier.edit",
    "notice.edit",
    "publication.edit",
    "service.edit",
    "user.invite",
    "user.edit",
    "role.grant",
    "key.edit",
    "journal.read",
    "alert.read",
    "alert.edit",
    "change-subscription.edit",
    "vendor-switch.edit",
  ]),
  region: new Set<Action>([
    "approval-rule.edit",
    "unit.edit",
    "location.edit",
    "registration.edit",
    "vendor-switch.edit",
  ]),
  "vendor-administrator": new Set<Action>([
    ...vendorEditing,
    "user.invite",
    "user.edit",
    "role.grant",
    "key.edit",
  ]),
  "vendor-editor": new Set<Action>(vendorEditing),
  reader: new Set<Action>(["message.read", "alert.read", "endpoint.read"]),
};

export type GrantScope =
  | { kind: "all" }
  | { kind: "subtree"; sorId: string }
  | { kind: "locations"; glns: readonly string[] }
  | { kind: "supplier"; supplierId: string };

/** A role within a scope for a period; `validTo` is the first instant at which it is no longer in force. */
export type Grant = { role: Role; scope: GrantScope; validFrom: Date; validTo: Date | null };

export const scopes = [
  "interchanges:send",
  "messages:read",
  "mailboxes:read",
  "register:write",
  "journal:read",
  "registrations:write",
  "endpoints:read",
  "endpoints:write",
  "alerts:read",
  "alerts:write",
  "changes:subscribe",
  "status:write",
] as const;
export type Scope = (typeof scopes)[number];

export type Actor =
  | { kind: "anonymous" }
  | { kind: "user"; id: string; name: string; supplierId: string | null; grants: readonly Grant[] }
  | {
      kind: "key";
      id: string;
      name: string;
      supplierId: string;
      scopes: readonly Scope[];
      grants: readonly Grant[];
      /** The only location numbers the key may be used for; null for all that its grants cover. */
      limitedTo: readonly string[] | null;
    }
  | { kind: "system"; job: string };

const scopeActions: Readonly<Record<Scope, ReadonlySet<Action>>> = {
  "interchanges:send": new Set<Action>(["interchange.send"]),
  "messages:read": new Set<Action>(["message.read"]),
  "mailboxes:read": new Set<Action>(["mailbox.read"]),
  "register:write": new Set<Action>([
    "unit.edit",
    "location.edit",
    "register.configure",
    "approval-rule.edit",
  ]),
  "journal:read": new Set<Action>(["journal.read"]),
  "registrations:write": new Set<Action>(["registration.edit", "vendor-switch.edit"]),
  "endpoints:read": new Set<Action>(["endpoint.read"]),
  "endpoints:write": new Set<Action>(["endpoint.read", "endpoint.edit", "system.edit"]),
  "alerts:read": new Set<Action>(["alert.read"]),
  "alerts:write": new Set<Action>(["alert.read", "alert.edit"]),
  "status:write": new Set<Action>(["notice.edit"]),
  "changes:subscribe": new Set<Action>(["change-subscription.edit"]),
};

/** The scopes that let a vendor's key do something; the others need a part of the register. */
export const vendorScopes: readonly Scope[] = scopes.filter((scope) =>
  vendorEditing.some((action) => scopeActions[scope].has(action)),
);

/** Whether the actor may do the action on any subject at that time. Pure; for checks before the subject is loaded. */
export function mayAnywhere(actor: Actor, action: Action, now: Date): boolean {
  if (isOwnWork(action)) return editingActions.some((each) => mayAnywhere(actor, each, now));
  switch (actor.kind) {
    case "anonymous":
      return false;
    case "system":
      return true;
    case "key":
      return (
        hasScope(actor.scopes, action) && actor.limitedTo?.length !== 0 && isHeld(actor.grants, action, now)
      );
    case "user":
      return isHeld(actor.grants, action, now) || ownAccountActions.some((own) => own === action);
  }
}

const isOwnWork = (action: Action): boolean => ownWorkActions.some((own) => own === action);

const hasScope = (held: readonly Scope[], action: Action) =>
  held.some((scope) => scopeActions[scope].has(action));

const isHeld = (grants: readonly Grant[], action: Action, now: Date) =>
  grants.some((grant) => isInForce(grant, now) && roleActions[grant.role].has(action));

function areWithin(glns: readonly string[] | undefined, allowed: readonly string[]): boolean {
  return glns !== undefined && glns.length > 0 && glns.every((gln) => allowed.includes(gln));
}

function covers(scope: GrantScope, subject: Subject): boolean {
  switch (scope.kind) {
    case "all":
      return true;
    case "subtree":
      return subject.unitPath?.includes(scope.sorId) ?? false;
    case "locations":
      return areWithin(subject.glns, scope.glns);
    case "supplier":
      return subject.supplierId === scope.supplierId;
  }
}

function isGranted(grants: readonly Grant[], action: Action, subject: Subject, now: Date): boolean {
  return grants.some(
    (grant) => isInForce(grant, now) && roleActions[grant.role].has(action) && covers(grant.scope, subject),
  );
}

const isOwnOf = (actor: Actor, subject: Subject) =>
  actor.kind === "system" || (actor.kind !== "anonymous" && subject.ownerId === actor.id);

const isOneself = (actor: Actor & { kind: "user" }, subject: Subject) =>
  subject.type === "user" && subject.id === actor.id;

/** Whether the actor may do the action on the subject at that time. Pure; called by `change()` before it writes. */
export function may(actor: Actor, action: Action, subject: Subject, now: Date): boolean {
  if (isOwnWork(action)) return isOwnOf(actor, subject) && mayAnywhere(actor, action, now);
  switch (actor.kind) {
    case "anonymous":
      return false;
    case "system":
      return true;
    case "key":
      if (!hasScope(actor.scopes, action)) return false;
      if (actor.limitedTo !== null && !areWithin(subject.glns, actor.limitedTo)) return false;
      return isGranted(actor.grants, action, subject, now);
    case "user":
      if (ownAccountActions.some((own) => own === action)) {
        return isOneself(actor, subject);
      }
      if (neverOnOneself.some((never) => never === action) && isOneself(actor, subject)) return false;
      return isGranted(actor.grants, action, subject, now);
  }
}
