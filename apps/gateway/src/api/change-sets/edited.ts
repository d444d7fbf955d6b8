import { editAlone, type LoneEdit, NewChangeSet, previewAlone } from "@sor/core/changesets";
import type { Context } from "hono";
import { z } from "zod";
import type { Answer, AppEnv } from "../../app-env.ts";
import { json, noStore, refusedWriting } from "../shared.ts";
import { ChangeSetView, PreviewView, previewExample, previewView, setExample, setView } from "./views.ts";

export const bodyBytesMax = 100_000;

/** What every edit takes beside its data. */
export const dryRunQuery = z.strictObject({
  dryRun: z
    .enum(["true", "false"])
    .default("false")
    .meta({ description: "The same answer, refusals included, and nothing is saved" }),
});
export const commentShape = {
  comment: NewChangeSet.shape.comment.meta({ description: "Why; shown to whoever approves" }),
};

const Edited = PreviewView.extend({
  subject: z.object({ type: z.enum(["unit", "location"]), id: z.string() }),
  changeSet: ChangeSetView.nullable().meta({
    description: "The set of this one edit; null in a dry run, and when nothing changed",
  }),
}).meta({ id: "RegisterEdited", description: "What an edit changed, and the change set that it is" });

const example = {
  ...{ ...previewExample, problems: [], subject: { type: "unit" as const, id: "311000016009" } },
  changeSet: { ...setExample, state: "applied" as const, appliedAt: "2026-10-01T10:00:00.000Z" },
};

/** The answers of an edit, as a route documents them. */
export const editedResponses = (done: 200 | 201, ...codes: Parameters<typeof refusedWriting>) => ({
  ...(done === 201 && {
    200: json("A dry run: what would change", Edited, { ...example, changeSet: null } as never),
  }),
  [done]: json("In the register", Edited, example as never),
  202: json("Submitted: another person has to approve the set", Edited, {
    ...example,
    changeSet: { ...example.changeSet, state: "submitted", appliedAt: null },
  } as never),
  ...refusedWriting("not-found", "conflict", ...codes),
});

type Asked = LoneEdit & {
  isDryRun: boolean;
  /** Where the unit or location number is read, when the edit creates it. */
  location?: string;
  /** The ETag that reading it gives afterwards. */
  tag: () => Promise<{ ETag?: string }>;
};

/** Makes an edit, or tries it, and answers what it changed: 202 when another person has to approve it. */
export async function answerEdit(
  c: Context<AppEnv>,
  { isDryRun, location, tag, ...edit }: Asked,
): Promise<Answer> {
  const { ctx, language } = c.var;
  const { preview, set } = await (isDryRun ? previewAlone : editAlone)(ctx, edit);
  const { command } = edit;
  const subject =
    "gln" in command ? { type: "location", id: command.gln } : { type: "unit", id: command.sorId };
  const body = { ...previewView(preview, [command], language), subject, changeSet: set && setView(set) };
  if (set?.state === "submitted") {
    return c.json(body, 202, { ...noStore, Location: `/v1/change-sets/${set.id}` }) as never;
  }
  const made = location !== undefined && !isDryRun;
  const headers = { ...noStore, ...(isDryRun ? {} : await tag()), ...(made && { Location: location }) };
  return c.json(body, made ? 201 : 200, headers) as never;
}
