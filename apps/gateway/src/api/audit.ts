import { createRoute } from "@hono/zod-openapi";
import { auditJournal, checkJournal } from "@sor/core/access";
import { AuditCheck, AuditQuery, type JournalEntry } from "@sor/core/journal";
import { z } from "zod";
import type { Answer, Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { carriedPage, carriesFilter, nextLinkHeader } from "./paging.ts";
import { json, jsonBody, noStore, nothing, refusedReading, refusedWriting, security } from "./shared.ts";

const tags = ["audit"];
const bodyBytesMax = 10_000;

const Entry = z
  .object({
    sequence: z.int().meta({ description: "Numbers have no gaps" }),
    at: z.iso.datetime(),
    actorKind: z.string().meta({ description: "user, key, system or anonymous" }),
    actorId: z.string().nullable(),
    actorName: z.string().nullable(),
    supplierId: z.string().nullable(),
    action: z.string(),
    outcome: z.enum(["done", "refused"]),
    subjectType: z.string(),
    subjectId: z.string(),
    glns: z.array(z.string()).meta({ description: "Location numbers concerned" }),
    sorIds: z.array(z.string()).meta({ description: "Units concerned" }),
    before: z.unknown(),
    after: z.unknown(),
    comment: z.string().nullable(),
    hash: z.string().meta({ description: "SHA-256 over the hash of the entry before and this entry" }),
  })
  .meta({ id: "AuditEntry", description: "A change, an attempt that was refused, or a login" });
const Checked = z
  .object({
    intact: z.boolean(),
    sequence: z.int().meta({ description: "The last number checked, or the first that is wrong" }),
    hash: z.string().optional().meta({ description: "Its hash, to be noted elsewhere" }),
    entries: z.int().optional().meta({ description: "How many entries were checked" }),
    why: z.enum(["missing", "altered", "beyond the head", "not as noted"]).optional(),
    next: z.int().nullable().meta({ description: "The first number left to check; null when none is" }),
  })
  .meta({ id: "AuditChecked", description: "Whether journal entries are present and unchanged" });

const example: z.input<typeof Entry> = {
  ...{ sequence: 48_211, at: "2026-10-01T10:00:00.000Z", actorKind: "user", actorId: "7c1f" },
  ...{ actorName: "Anna Holm", supplierId: null, action: "location.edit", outcome: "done" },
  ...{ subjectType: "location-number", subjectId: "5790009001280", glns: ["5790009001280"], sorIds: [] },
  ...{ before: null, after: { state: "allocated", holder: "Medicinsk Afsnit 3" }, comment: null },
  hash: "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592",
};

const columns = Object.keys(Entry.shape) as (keyof z.infer<typeof Entry>)[];

function viewOf(entry: JournalEntry): z.infer<typeof Entry> {
  const { at, ...rest } = entry;
  const whole = { ...rest, at: at.toISOString() };
  return Object.fromEntries(columns.map((name) => [name, whole[name]])) as z.infer<typeof Entry>;
}

/** A cell of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const lines = Array.isArray(value) ? value.join(" ") : value;
  const text = typeof lines === "string" ? lines : JSON.stringify(lines);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvOf = (entries: readonly z.infer<typeof Entry>[]) =>
  [columns, ...entries.map((entry) => columns.map((name) => entry[name]))]
    .map((row) => `${row.map(cellOf).join(",")}\r\n`)
    .join("");

const linesOf = (entries: readonly object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

const forms = [
  { asked: /\btext\/csv\b/i, type: "text/csv; charset=utf-8; header=present", write: csvOf },
  { asked: /\bapplication\/(?:x-)?ndjson\b/i, type: "application/x-ndjson", write: linesOf },
];

/** The journal for those who may read all of it: what changed, by whom, and whether it is whole. */
export function audit(_deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/audit",
      summary: "The journal, newest first · Journalen",
      description:
        "JSON, NDJSON or CSV by Accept; in the latter two, Link names the next page. In CSV lists are separated by blanks, `before` and `after` are JSON, and a text that a spreadsheet would take for a formula begins with an apostrophe.",
      tags,
      security,
      middleware: [requireKey, carriesFilter] as const,
      request: { query: AuditQuery },
      responses: {
        200: {
          description: "One page",
          content: {
            "application/json": {
              schema: z.object({ items: z.array(Entry), next: z.string().nullable() }),
              examples: { one: { value: { items: [example], next: null } as never } },
            },
            "application/x-ndjson": { schema: z.string() },
            "text/csv": { schema: z.string() },
          },
          headers: nextLinkHeader,
        },
        ...refusedReading(),
      },
    }),
    async (c) => {
      const { page, link } = carriedPage(c, await auditJournal(c.var.ctx, c.req.valid("query")));
      const items = page.items.map(viewOf);
      const headers = { ...noStore, ...link, Vary: "Accept, Accept-Encoding" };
      const form = forms.find(({ asked }) => asked.test(c.req.header("accept") ?? ""));
      if (!form) return c.json({ items, next: page.next }, 200, headers);
      return c.body(form.write(items), 200, { ...headers, "Content-Type": form.type }) as Answer;
    },
  );

  addVerifying(app);
  return app;
}

function addVerifying(app: ReturnType<typeof newRouter>): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/audit/$verify",
      summary: "Whether the journal is whole and unchanged · Efterprøv journalen",
      description:
        "Follows the chain of hashes over at most 100,000 entries; continue with `next`. Note number and hash of the newest entry elsewhere and send them as `anchor` later: a journal that was rewritten as a whole differs from them.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax)] as const,
      request: { query: nothing, body: jsonBody(AuditCheck.clone(), { from: 1 }) },
      responses: {
        200: json("The result", Checked, {
          intact: true,
          sequence: 48_211,
          hash: example.hash,
          entries: 48_211,
          next: null,
        }),
        ...refusedWriting(),
      },
    }),
    async (c) => c.json(await checkJournal(c.var.ctx, c.req.valid("json")), 200, noStore),
  );
}
