import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listRegistrations } from "@sor/core/message-types";
import { actions, load } from "../routes/(member)/lokationer/[gln]/+page.server.ts";
import type { PageData } from "../routes/(member)/lokationer/[gln]/$types";
import { actions as addActions } from "../routes/(member)/lokationer/[gln]/tilfoej/+page.server.ts";
import { testEvent } from "./events.ts";

export type Form = Record<string, string | string[]>;
type Outcome = {
  status?: number;
  location?: string;
  data?: {
    problem: { fieldFaults: Record<string, string[]>; formFaults: string[]; values: Form };
    meanwhile?: { who: string | null }[];
  };
  review?: {
    kind: string;
    messageType: string;
    warnings: { code: string }[];
    gaps: { id: string; from: Date; to: Date }[];
  }[];
  meanwhile?: { who: string | null }[];
  values?: Record<string, string[]>;
};

/** A vendor's editor, signed in. */
export const editorOf = (supplierId: string): Actor => ({
  kind: "user",
  id: supplierId,
  name: "Berit",
  supplierId,
  grants: [
    { role: "vendor-editor", scope: { kind: "supplier", supplierId }, validFrom: new Date(0), validTo: null },
  ],
});

type Act = (event: never) => unknown;

/** The page of a location number as functions; `asked` returns the values of the current test. */
export function locationPage(asked: () => { db: Database; gln: string; mine: Actor; now: Date }) {
  function eventOf(actor: Actor | undefined, at: Date | undefined, query: string, form?: Form) {
    const { db, gln, mine, now } = asked();
    return testEvent({
      ctx: createContext(db, actor ?? mine, at ?? now),
      params: { gln },
      path: `/lokationer/${gln}${query}`,
      ...(form && { form }),
    });
  }

  async function send(act: Act | undefined, form: Form, actor?: Actor, at?: Date): Promise<Outcome> {
    try {
      return (await act?.(eventOf(actor, at, "", form) as never)) as Outcome;
    } catch (thrown) {
      return thrown as Outcome;
    }
  }

  const post = (action: "preview" | "save" | "edit" | "open", form: Form, actor?: Actor, at?: Date) =>
    send(actions[action] as Act | undefined, form, actor, at);
  const postNew = (action: "preview" | "save" | "edit", form: Form, actor?: Actor, at?: Date) =>
    send(addActions[action] as Act | undefined, form, actor, at);

  async function page(actor?: Actor, at?: Date, query = "") {
    return (await load(eventOf(actor, at, query) as never)) as PageData;
  }

  /** The hidden field of the forms, as the page shows it now. */
  const shown = async (): Promise<Form> => ({ seen: String((await page()).seen) });

  /** The pairs that are valid at the instant. */
  async function present(): Promise<string[]> {
    const { db, gln, mine, now } = asked();
    const rows = await listRegistrations(createContext(db, mine, now), { gln, at: now });
    return rows.map((row) => `${row.messageType} ${row.version}`);
  }

  return { post, postNew, page, shown, present };
}
