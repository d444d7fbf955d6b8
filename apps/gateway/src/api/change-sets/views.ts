import {
  type ChangeSet,
  ChangeSetState,
  type ChangeSetSummary,
  Command,
  commandKinds,
  type Preview,
  type Problem,
} from "@sor/core/changesets";
import { Uuid } from "@sor/core/identifiers";
import { SuccessorShare, Withdrawal } from "@sor/core/organisations";
import { z } from "zod";
import type { Language } from "../../app-env.ts";
import { placeInSet } from "../../problems/change-set-problems.ts";

export const tags = ["change-sets"];

const instant = z.iso.datetime().nullable();

/** A command as it is sent: core reads it, so that `new:NAME` may stand for SOR ids. */
export const CommandInput = z.looseObject({ kind: z.enum(commandKinds as [string, ...string[]]) }).meta({
  id: "CommandInput",
  description:
    "A Command. Where it has a SOR id, `new:NAME` stands for the unit that another command of the same list creates with `sorId` `new:NAME`",
});

const summaryShape = {
  id: Uuid,
  title: z.string(),
  comment: z.string().nullable(),
  state: ChangeSetState,
  version: z.int().meta({ description: "Counts the changes of the set; the ETag" }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  createdBy: z.string().meta({ description: "Name of the person or key" }),
  submittedAt: instant,
  hash: z
    .string()
    .nullable()
    .meta({ description: "Hash of the preview with which it was submitted; an approval belongs to it" }),
  applyBy: z
    .string()
    .nullable()
    .meta({ description: "The last day on which it can be approved and applied; null: any day" }),
  appliedAt: instant,
  revertsId: Uuid.nullable().meta({ description: "The set that this one undoes" }),
  itemCount: z.int(),
};

/** A change set in a list. */
export const SummaryView = z
  .object(summaryShape)
  .meta({ id: "ChangeSetSummary", description: "A change set in a list" });

const ItemView = z.object({
  position: z.int().meta({ description: "Stays the same when other commands are removed" }),
  command: Command as z.ZodType<object>,
  seenSequence: z.int().meta({
    description:
      "The newest journal entry about its unit or location number when it was added or kept; 0: none",
  }),
  addedAt: z.iso.datetime(),
});
const DecisionView = z.object({
  decision: z.enum(["approved", "declined"]),
  by: z.string(),
  comment: z.string().nullable(),
  hash: z.string(),
  at: z.iso.datetime(),
});

const RemarkView = z.object({
  position: z.int(),
  field: z.string().nullable(),
  text: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
});

/** A change set with its commands, the decisions on it, and the remarks on its commands. */
export const ChangeSetView = z
  .object({
    ...summaryShape,
    items: z.array(ItemView),
    decisions: z.array(DecisionView),
    remarks: z.array(RemarkView),
  })
  .meta({ id: "ChangeSet", description: "A list of commands that hold together or not at all" });

const text = (at: Date | null) => at?.toISOString() ?? null;

/** A set in a list, as it is answered. */
export function summaryOf(set: ChangeSetSummary): z.infer<typeof SummaryView> {
  const { id, title, comment, state, version, applyBy, revertsId, itemCount } = set;
  return {
    ...{ id: Uuid.parse(id), title, comment, state, version },
    ...{ createdAt: set.createdAt.toISOString(), updatedAt: set.updatedAt.toISOString() },
    ...{ createdBy: set.ownerName, submittedAt: text(set.submittedAt), hash: set.submittedHash, applyBy },
    ...{ appliedAt: text(set.appliedAt), revertsId: Uuid.nullable().parse(revertsId), itemCount },
  };
}

/** A set, as it is answered. */
export function setView(set: ChangeSet): z.infer<typeof ChangeSetView> {
  return {
    ...summaryOf({ ...set, itemCount: set.items.length }),
    items: set.items.map(({ position, command, seenSequence, addedAt }) => ({
      ...{ position, command, seenSequence, addedAt: addedAt.toISOString() },
    })),
    decisions: set.decisions.map(({ decision, userName, comment, hash, at }) => ({
      ...{ decision, by: userName, comment, hash, at: at.toISOString() },
    })),
    remarks: set.remarks.map(({ position, field, text: said, userName, at }) => ({
      ...{ position, field, text: said, by: userName, at: at.toISOString() },
    })),
  };
}

const period = z.object({
  validFrom: z.string(),
  validTo: z.string().nullable(),
  content: z.record(z.string(), z.unknown()),
});
const sidesOf = <Side extends z.ZodType>(type: string, side: Side) =>
  z.object({ type: z.literal(type), id: z.string(), removed: z.array(side), added: z.array(side) });

/** What becomes different about one unit, its successors, whether it was registered in error, a location number or its registrations. */
export const DifferenceView = z
  .discriminatedUnion("type", [
    sidesOf("unit", period),
    sidesOf("successors", z.object({ sorId: z.string(), share: SuccessorShare.nullable() })),
    sidesOf("withdrawal", Withdrawal),
    sidesOf("location", period),
    sidesOf("registrations", z.record(z.string(), z.unknown())),
  ])
  .meta({
    id: "RegisterDifference",
    description: "The periods, successors or registrations that go and those that come instead",
  });

const ProblemView = z
  .object({
    severity: z.enum(["error", "warning"]),
    pointer: z.string().meta({ description: "The member of the set that is to blame (RFC 6901)" }),
    subject: z.object({ type: z.enum(["unit", "location"]), id: z.string() }),
    field: z.string().nullable(),
    code: z.string(),
    detail: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "ChangeSetProblem", description: "A rule that a command violates, or a warning" });

const effectsShape = {
  hash: z.string().meta({ description: "Equal for equal commands with equal effects" }),
  glns: z.array(z.string()).meta({ description: "Location numbers whose lookups change" }),
  approvals: z
    .array(z.object({ kind: z.string(), subtreeSorId: z.string().nullable() }))
    .meta({ description: "The rules by which another person has to approve" }),
  endings: z.int().meta({ description: "How many units, location numbers and registrations end" }),
};

/** What commands would do. */
export const PreviewView = z
  .object({ ...effectsShape, differences: z.array(DifferenceView), problems: z.array(ProblemView) })
  .meta({ id: "ChangeSetPreview", description: "What the commands would do, and what they violate" });

/** What commands do as a whole, and their differences and problems one by one, as they are answered. */
export function previewParts(preview: Preview, commands: readonly Command[], language: Language) {
  const { hash, glns, effects, differences, problems } = preview;
  const { approvals, endings } = effects;
  const viewOf = (each: Problem) => {
    const { severity, subject, field, details, at } = each;
    const place = placeInSet(each, commands[at]?.kind, language);
    return { severity, ...place, subject, field, details: { ...details } };
  };
  return { effects: { hash, glns, approvals, endings }, differences, problems: problems.map(viewOf) };
}

/** What commands would do, as it is answered. */
export function previewView(
  preview: Preview,
  commands: readonly Command[],
  language: Language,
): z.infer<typeof PreviewView> {
  const { effects, differences, problems } = previewParts(preview, commands, language);
  // Registrations have instants, which JSON writes as texts.
  return { ...effects, differences: differences as never, problems };
}

const id = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a38";
const sorId = "311000016009";

export const commandExample = {
  ...{ kind: "unit.change", sorId, validFrom: "2031-01-01" },
  attributes: { name: "Klinik Eksempel Nord" },
};

export const summaryExample = {
  ...{ id, title: "Klinikken skifter navn", comment: null, state: "draft" as const, version: 2 },
  ...{ createdAt: "2026-10-01T10:00:00.000Z", updatedAt: "2026-10-01T10:00:00.000Z", createdBy: "Regionen" },
  ...{ submittedAt: null, hash: null, applyBy: null, appliedAt: null, revertsId: null, itemCount: 1 },
};

export const setExample = {
  ...summaryExample,
  items: [
    {
      ...{ position: 1, seenSequence: 0, addedAt: "2026-10-01T10:00:00.000Z" },
      command: { ...commandExample, validTo: null },
    },
  ],
  decisions: [],
  remarks: [],
};

export const differenceExample = {
  ...{ type: "unit" as const, id: sorId },
  removed: [{ validFrom: "2020-01-01", validTo: null, content: { name: "Klinik Eksempel" } }],
  added: [
    { validFrom: "2020-01-01", validTo: "2031-01-01", content: { name: "Klinik Eksempel" } },
    { validFrom: "2031-01-01", validTo: null, content: { name: "Klinik Eksempel Nord" } },
  ],
};

export const previewExample = {
  hash: "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592",
  ...{ glns: [], approvals: [], endings: 0, differences: [differenceExample] },
  problems: [
    {
      severity: "warning" as const,
      ...{ pointer: "/items/0/command/attributes/typeCode", field: "typeCode", code: "code-expired" },
      detail: "The code has expired and cannot be used for anything new.",
      ...{ subject: { type: "unit" as const, id: sorId }, details: {} },
    },
  ],
};
