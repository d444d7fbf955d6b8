import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listRegistrations } from "@sor/core/message-types";
import { carriedOf } from "../lib/location-rows.ts";
import { actions, load } from "../routes/(member)/lokationer/[gln]/+page.server.ts";
import type { PageData } from "../routes/(member)/lokationer/[gln]/$types";
import { testEvent } from "./events.ts";

export type Form = Record<string, string | string[]>;
type Outcome = {
  status?: number;
  location?: string;
  data?: {
    problem: { fieldFaults: Record<string, string[]>; formFaults: string[]; values: Form };
    merged?: { meanwhile: { who: string | null }[]; added: string[] };
  };
  review?: {
    kind: string;
    messageType: string;
    warnings: { code: string }[];
    gaps: { id: string; from: Date; to: Date }[];
  }[];
  merged?: { meanwhile: { who: string | null }[]; added: string[] };
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

  async function post(action: "preview" | "save" | "edit", form: Form, actor?: Actor, at?: Date) {
    try {
      return (await actions[action]?.(eventOf(actor, at, "", form) as never)) as Outcome;
    } catch (thrown) {
      return thrown as Outcome;
    }
  }

  async function page(actor?: Actor, at?: Date, query = "") {
    return (await load(eventOf(actor, at, query) as never)) as PageData;
  }

  /** The form as the page shows it, before any input. */
  async function shown(at?: Date): Promise<Form> {
    const { rows, location, seen } = await page(undefined, at);
    const fields = rows.flatMap((row, i) => [
      ...Object.entries(carriedOf(row)).map(([name, value]) => [`${name}-${i}`, value]),
      [`keep-${i}`, "on"],
      [`endpoint-${i}`, row.endpointId ?? ""],
      ...(row.hasBegun ? [] : [[`from-${i}`, row.from]]),
      [`to-${i}`, row.to],
    ]);
    return { etag: location.etag, seen: String(seen), ...Object.fromEntries(fields) };
  }

  /** The pairs that are valid at the instant. */
  async function present(): Promise<string[]> {
    const { db, gln, mine, now } = asked();
    const rows = await listRegistrations(createContext(db, mine, now), { gln, at: now });
    return rows.map((row) => `${row.messageType} ${row.version}`);
  }

  return { post, page, shown, present };
}
