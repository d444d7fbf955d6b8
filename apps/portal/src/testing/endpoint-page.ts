import { createContext, type Database } from "@sor/core";
import type { Actor, Role } from "@sor/core/access";
import { load } from "../routes/(member)/endepunkter/[id]/+page.server.ts";
import { testEvent } from "./events.ts";

type Outcome = {
  status?: number;
  location?: string;
  made?: { id: string; secret: string };
  secret?: string;
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
  review?: {
    changes: { label: string; before: string; after: string }[];
    use: { locations: number; types: number; waiting: number };
    isTestable: boolean;
  };
  values?: Record<string, string[]>;
  tried?: { isUp: boolean; text: string };
  problem?: { values: Record<string, string[]> };
};
type Action = ((event: never) => unknown) | undefined;

/** A signed-in user of a vendor. */
export const vendorUser = (supplierId: string, role: Role = "vendor-editor"): Actor => ({
  kind: "user",
  id: `${role}-${supplierId}`,
  name: "Berit",
  supplierId,
  grants: [{ role, scope: { kind: "supplier", supplierId }, validFrom: new Date(0), validTo: null }],
});

/** The form of an endpoint as it is posted. */
export const filled = (more: object = {}): Record<string, string> => ({
  name: "Ind",
  transport: "mailbox",
  systemId: "",
  address: "",
  mimeTypes: "",
  technicalContact: "",
  ...more,
});

/** The form of a webhook. */
export const webhook = (name: string): Record<string, string> =>
  filled({ name, transport: "webhook", address: "https://edi.example.dk/ind" });

/** The endpoint pages as functions; `asked` returns the values of the current test. */
export function endpointPage(asked: () => { db: Database; mine: Actor; now: Date }) {
  async function post(
    action: Action,
    form: Record<string, string>,
    actor?: Actor,
    id = "",
  ): Promise<Outcome> {
    const { db, mine, now } = asked();
    const ctx = createContext(db, actor ?? mine, now);
    const event = testEvent({ ctx, params: { id }, path: "/endepunkter", form });
    try {
      return (await action?.(event as never)) as Outcome;
    } catch (thrown) {
      return thrown as Outcome;
    }
  }

  async function oneOf(id: string, actor?: Actor) {
    const { db, mine, now } = asked();
    const ctx = createContext(db, actor ?? mine, now);
    const event = testEvent({ ctx, params: { id }, path: `/endepunkter/${id}` });
    return (await load(event as never)) as {
      endpoint: { etag: string; state: string; signingSecrets: unknown[] };
      mayEdit: boolean;
    };
  }

  return { post, oneOf };
}
