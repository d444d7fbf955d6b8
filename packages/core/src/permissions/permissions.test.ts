import { describe, expect, test } from "vitest";
import {
  type Action,
  type Actor,
  actions,
  type Grant,
  type GrantScope,
  may,
  mayAnywhere,
  type Role,
  roleActions,
  roles,
  type Scope,
  type Subject,
  scopes,
  vendorScopes,
} from "./permissions.ts";

const now = new Date("2026-03-01T12:00:00Z");
const before = new Date("2026-02-01T00:00:00Z");
const after = new Date("2026-04-01T00:00:00Z");
const [ours, theirs] = ["supplier-a", "supplier-b"];
const location: Subject = {
  type: "location",
  id: "1",
  supplierId: ours,
  glns: ["1", "2"],
  unitPath: ["unit", "region"],
};

function user(role: Role, scope: GrantScope, period: Partial<Grant> = {}): Actor {
  const grant = { role, scope, validFrom: before, validTo: null, ...period };
  return { kind: "user", id: "user", name: "Anna", supplierId: ours, grants: [grant] };
}

test.each<[string, GrantScope, boolean]>([
  ["all", { kind: "all" }, true],
  ["the subtree above", { kind: "subtree", sorId: "region" }, true],
  ["another subtree", { kind: "subtree", sorId: "other" }, false],
  ["all its location numbers", { kind: "locations", glns: ["1", "2", "3"] }, true],
  ["one of its two location numbers", { kind: "locations", glns: ["1"] }, false],
  ["its supplier", { kind: "supplier", supplierId: ours }, true],
  ["another supplier", { kind: "supplier", supplierId: theirs }, false],
])("a grant on %s covers the location: %s → %s", (_name, scope, expected) => {
  expect(may(user("region", scope), "registration.edit", location, now)).toBe(expected);
});

test('only the scope "all" covers a subject without attributes', () => {
  const bare: Subject = { type: "location", id: "1" };
  const scopes: GrantScope[] = [
    { kind: "subtree", sorId: "region" },
    { kind: "locations", glns: [] },
    { kind: "supplier", supplierId: ours },
  ];
  for (const scope of scopes) expect(may(user("region", scope), "registration.edit", bare, now)).toBe(false);
});

test.each<[string, Partial<Grant>, boolean]>([
  ["that has not begun", { validFrom: after }, false],
  ["that ends at this instant", { validTo: now }, false],
  ["that begins at this instant", { validFrom: now }, true],
  ["that ends later", { validTo: after }, true],
])("a grant %s is in force: %s", (_name, period, expected) => {
  expect(may(user("region", { kind: "all" }, period), "registration.edit", location, now)).toBe(expected);
});

test("each role has exactly these permissions", () => {
  const allowed = (role: Role) =>
    actions.filter((action) => may(user(role, { kind: "all" }), action, location, now)).sort();
  const vendor: Action[] = [
    "alert.edit",
    "alert.read",
    "change-subscription.edit",
    "endpoint.edit",
    "endpoint.read",
    "interchange.send",
    "mailbox.read",
    "message.read",
    "registration.edit",
    "system.edit",
    "vendor-switch.edit",
  ];
  expect(Object.fromEntries(roles.map((role) => [role, allowed(role)]))).toEqual({
    authority: [
      "alert.edit",
      "alert.read",
      "approval-rule.edit",
      "change-subscription.edit",
      "endpoint.edit",
      "endpoint.read",
      "journal.read",
      "key.edit",
      "location.edit",
      "notice.edit",
      "publication.edit",
      "register.configure",
      "register.import",
      "registration.edit",
      "role.grant",
      "service.edit",
      "supplier.edit",
      "system.edit",
      "unit.edit",
      "user.edit",
      "user.invite",
      "vendor-switch.edit",
    ],
    region: ["approval-rule.edit", "location.edit", "registration.edit", "unit.edit", "vendor-switch.edit"],
    "vendor-administrator": [...vendor, "key.edit", "role.grant", "user.edit", "user.invite"].sort(),
    "vendor-editor": vendor,
    reader: ["alert.read", "endpoint.read", "message.read"],
  });
});

test("everybody may change their own password and nobody another's", () => {
  const anna = user("reader", { kind: "all" });
  const authority = user("authority", { kind: "all" });
  expect(may(anna, "password.change", { type: "user", id: "user" }, now)).toBe(true);
  expect(may(authority, "password.change", { type: "user", id: "somebody-else" }, now)).toBe(false);
});

test("nobody gives themselves a role", () => {
  const authority = user("authority", { kind: "all" });
  expect(may(authority, "role.grant", { type: "user", id: "user" }, now)).toBe(false);
  expect(may(authority, "role.grant", { type: "user", id: "somebody-else" }, now)).toBe(true);
});

function key(limitedTo: string[] | null, scopes: readonly Scope[] = ["interchanges:send"]): Actor {
  const grants = [
    {
      role: "vendor-editor" as const,
      scope: { kind: "supplier" as const, supplierId: ours },
      validFrom: before,
      validTo: null,
    },
  ];
  return { kind: "key", id: "key", name: "Key", supplierId: ours, scopes, grants, limitedTo };
}

test.each<[string, Actor, Action, Subject, boolean]>([
  ["a scope it lacks", key(null), "message.read", location, false],
  ["its supplier's location", key(null), "interchange.send", location, true],
  ["another supplier's location", key(null), "interchange.send", { ...location, supplierId: theirs }, false],
  ["the numbers it is limited to", key(["1", "2"]), "interchange.send", location, true],
  ["one number outside its limit", key(["1"]), "interchange.send", location, false],
  [
    "a number in its limit that another supplier answers for",
    key(["1", "2"]),
    "interchange.send",
    { ...location, supplierId: theirs },
    false,
  ],
  [
    "what is no number's, when it is limited",
    key(["1"]),
    "interchange.send",
    { type: "endpoint", id: "e", supplierId: ours },
    false,
  ],
  ["no number, when it is limited", key(["1"]), "interchange.send", { ...location, glns: [] }, false],
])("a key and %s", (_name, actor, action, subject, expected) => {
  expect(may(actor, action, subject, now)).toBe(expected);
});

test("each key scope has exactly these permissions", () => {
  const allowed = (scope: Scope) => {
    const actor = key(null, [scope]);
    const everywhere = {
      role: "authority",
      scope: { kind: "all" },
      validFrom: before,
      validTo: null,
    } as const;
    const all = actor.kind === "key" ? { ...actor, grants: [...actor.grants, everywhere] } : actor;
    return actions.filter((action) => may(all, action, location, now)).sort();
  };
  expect(Object.fromEntries(scopes.map((scope) => [scope, allowed(scope)]))).toEqual({
    "interchanges:send": ["interchange.send"],
    "messages:read": ["message.read"],
    "mailboxes:read": ["mailbox.read"],
    "register:write": ["approval-rule.edit", "location.edit", "register.configure", "unit.edit"],
    "journal:read": ["journal.read"],
    "registrations:write": ["registration.edit", "vendor-switch.edit"],
    "endpoints:read": ["endpoint.read"],
    "endpoints:write": ["endpoint.edit", "endpoint.read", "system.edit"],
    "alerts:read": ["alert.read"],
    "alerts:write": ["alert.edit", "alert.read"],
    "status:write": ["notice.edit"],
    "changes:subscribe": ["change-subscription.edit"],
  });
});

test("a vendor may give its keys every scope but those of the register", () => {
  expect(scopes.filter((scope) => !vendorScopes.includes(scope))).toEqual([
    "register:write",
    "journal:read",
    "status:write",
  ]);
});

test("a key limited to location numbers has no permission on subjects without location numbers", () => {
  const limited = key(["1"], scopes);
  const types = ["endpoint", "system", "supplier", "alert-subscription", "alert", "interchange"] as const;
  for (const type of types) {
    for (const glns of [undefined, [], ["2"], ["1", "2"]]) {
      const done = actions.filter((action) =>
        may(limited, action, { type, id: "x", supplierId: ours, glns }, now),
      );
      expect(done, `${type} ${glns}`).toEqual([]);
    }
  }
  expect(may(limited, "interchange.send", { ...location, glns: ["1"] }, now)).toBe(true);
});

describe("whether there is any subject on which an actor may do something", () => {
  const inOurs: GrantScope = { kind: "supplier", supplierId: ours };
  const nobody: Actor = { kind: "user", id: "user", name: "Anna", supplierId: ours, grants: [] };
  const withGrants = (actor: Actor, ...more: Actor[]): Actor => {
    const grants = [actor, ...more].flatMap((each) => ("grants" in each ? each.grants : []));
    return "grants" in actor ? { ...actor, grants } : actor;
  };
  test.each<[string, Actor, Action, boolean]>([
    ["nobody signed in", { kind: "anonymous" }, "message.read", false],
    ["a job of our own", { kind: "system", job: "test" }, "register.import", true],
    ["a user whose role may", user("vendor-editor", inOurs), "message.read", true],
    ["a user whose role may not", user("region", { kind: "all" }), "message.read", false],
    ["a user without a role", nobody, "message.read", false],
    ["a user without a role, their own password", nobody, "password.change", true],
    ["a role that has ended", user("reader", inOurs, { validTo: now }), "message.read", false],
    ["a role that has not begun", user("reader", inOurs, { validFrom: after }), "message.read", false],
    [
      "one role of several that may",
      withGrants(user("region", { kind: "all" }), user("reader", inOurs)),
      "message.read",
      true,
    ],
    ["a key with scope and role", key(null), "interchange.send", true],
    ["a key without the scope", key(null), "message.read", false],
    ["a key without a role that may", withGrants(key(null, ["messages:read"]), nobody), "alert.read", false],
    [
      "a key without any role",
      { ...(key(null) as Actor & { kind: "key" }), grants: [] },
      "interchange.send",
      false,
    ],
    ["a key limited to one number", key(["1"]), "interchange.send", true],
    ["a key limited to no number", key([]), "interchange.send", false],
  ])("%s: %s", (_name, actor, action, expected) => {
    expect(mayAnywhere(actor, action, now)).toBe(expected);
  });
});

test("actions of no role are on one's own account or own work, or done through an invitation only", () => {
  const everybodys = roles.flatMap((role) => [...roleActions[role]]);
  expect(actions.filter((action) => !everybodys.includes(action))).toEqual([
    "validity.change",
    "user.create",
    "password.change",
    "saved-search.edit",
    "change-set.edit",
  ]);
});

test("an editor works on the change sets they made, and nobody on another's", () => {
  const grant = { scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const;
  const person = (role: Role, id: string): Actor => ({
    kind: "user",
    id,
    name: id,
    supplierId: null,
    grants: [{ ...grant, role }],
  });
  const set = { type: "change-set", id: "s", ownerId: "maker" } as const;
  expect(may(person("region", "maker"), "change-set.edit", set, now)).toBe(true);
  expect(may(person("authority", "other"), "change-set.edit", set, now)).toBe(false);
  expect(may(person("reader", "maker"), "change-set.edit", set, now)).toBe(false);
});

test("an anonymous actor may do nothing, and a system job everything", () => {
  for (const action of actions) {
    expect(may({ kind: "anonymous" }, action, location, now)).toBe(false);
    expect(may({ kind: "system", job: "test" }, action, location, now)).toBe(true);
  }
});
