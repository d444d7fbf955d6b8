import type { Rules } from "./try-folder.ts";

const core = "packages/core";

/** What is mutated: the pure rules and those of security, by the name of their folder. */
export const rules: Readonly<Record<string, Rules>> = {
  permissions: {
    workspace: core,
    files: {
      "src/permissions/permissions.ts": ["src/permissions/permissions.test.ts"],
      "src/permissions/in-force.ts": [
        "src/permissions/permissions.test.ts",
        "src/access/where-in-force.test.ts",
      ],
    },
  },
  access: {
    workspace: core,
    files: {
      "src/access/login-throttle.ts": ["src/access/login-throttle.test.ts"],
      "src/access/networks.ts": ["src/access/networks.test.ts"],
      "src/access/password-fault.ts": ["src/access/password-fault.test.ts"],
      "src/access/subjects.ts": ["src/access/subjects.test.ts"],
    },
  },
  changesets: {
    workspace: core,
    files: { "src/changesets/open-conflicts.ts": ["src/changesets/open-conflicts.test.ts"] },
  },
  visibility: {
    workspace: core,
    files: { "src/messages/visibility.ts": ["src/messages/visibility.test.ts"] },
  },
  duplicates: {
    workspace: core,
    files: { "src/acceptance/duplicates.ts": ["src/acceptance/duplicates.test.ts"] },
  },
  states: { workspace: core, files: { "src/messages/states.ts": ["src/messages/states.test.ts"] } },
  plans: {
    workspace: core,
    files: {
      "src/message-types/plan-registrations.ts": ["src/message-types/plan-registrations.test.ts"],
      "src/message-types/registration-gaps.ts": ["src/message-types/registration-gaps.test.ts"],
    },
  },
  receipts: {
    workspace: core,
    files: { "src/receipts/judge-receipt.ts": ["src/receipts/judge-receipt.test.ts"] },
  },
  attempts: {
    workspace: core,
    files: {
      "src/deliveries/next-attempt.ts": ["src/deliveries/next-attempt.test.ts"],
      "src/queue/backoff.ts": ["src/deliveries/next-attempt.test.ts"],
      "src/deliveries/delivery-moves.ts": ["src/deliveries/advance-delivery.test.ts"],
    },
  },
  routing: {
    workspace: core,
    files: {
      "src/routing/resolve-route.ts": ["src/routing/resolve-route.test.ts"],
      "src/routing/standing.ts": ["src/routing/resolve-route.test.ts", "src/routing/successors.test.ts"],
      "src/routing/moments.ts": ["src/routing/resolve-route.test.ts"],
    },
  },
  journal: {
    workspace: core,
    files: { "src/journal/verify-journal.ts": ["src/journal/journal.test.ts"] },
  },
  validity: {
    workspace: core,
    files: {
      "src/validity/clock.ts": ["src/validity/clock.test.ts"],
      "src/validity/days.ts": ["src/validity/days.test.ts"],
      "src/validity/recut.ts": ["src/validity/recut.test.ts"],
      "src/validity/working-days.ts": ["src/validity/working-days.test.ts"],
    },
  },
  guards: {
    workspace: "apps/portal",
    files: { "src/lib/server/guards.ts": ["src/lib/server/guards.test.ts"] },
  },
};
