import { z } from "zod";
import { approvalKinds } from "../editing/index.ts";
import { MailAddress, queryNumber, SorId } from "../identifiers/index.ts";
import { SuccessorShare, Withdrawal } from "../organisations/index.ts";
import { dayText } from "../validity/index.ts";
import { proposalTopics } from "./tables.ts";

const line = (max: number) => z.string().trim().min(1).max(max);

/** A change set to draft: what it is called and why. */
export const NewChangeSet = z
  .strictObject({ title: line(120), comment: line(2000).nullable().default(null) })
  .meta({ id: "NewChangeSet", description: "A change set to draft" });
export type NewChangeSet = z.infer<typeof NewChangeSet>;

/** What a reviewer remarks on a command, or on one of its fields. */
export const NewRemark = z
  .strictObject({
    position: z.int().min(1),
    field: z.string().min(1).max(60).nullable().default(null),
    text: line(1000),
  })
  .meta({ id: "NewRemark", description: "A remark on one command of a set" });
export type NewRemark = z.infer<typeof NewRemark>;

/** What somebody who may not edit proposes about a unit or location number. */
export const NewProposal = z
  .strictObject({
    subjectType: z.enum(["unit", "location"]),
    subjectId: z.string().max(20),
    topics: z.array(z.enum(proposalTopics)).min(1).max(proposalTopics.length),
    text: line(2000),
    address: MailAddress.nullable().default(null),
  })
  .meta({ id: "NewProposal", description: "What is wrong or wanted, and why" });
export type NewProposal = z.infer<typeof NewProposal>;

/** How a proposal is answered. */
export const ProposalAnswer = z.object({ outcome: z.enum(["followed", "declined"]), answer: line(2000) });
export type ProposalAnswer = z.infer<typeof ProposalAnswer>;

/** Why a step is taken. */
export const StepComment = z.object({ comment: line(2000).nullable().default(null) });
export type StepComment = z.infer<typeof StepComment>;

/** A kind of change that is to need a second person, in the whole register or below a unit. */
export const NewApprovalRule = z
  .strictObject({ kind: z.enum(approvalKinds), subtreeSorId: SorId.nullable().default(null) })
  .meta({ id: "NewApprovalRule", description: "A kind of change that is to need a second person" });
export type NewApprovalRule = z.infer<typeof NewApprovalRule>;

/** States of a change set. */
export const ChangeSetState = z
  .enum(["proposed", "draft", "submitted", "approved", "declined", "applied", "reverted", "withdrawn"])
  .meta({ id: "ChangeSetState", description: "State of a change set" });
export type ChangeSetState = z.infer<typeof ChangeSetState>;

/** A page of change sets. */
export const ChangeSetQuestion = z.object({
  state: ChangeSetState.optional(),
  limit: z.number().int().min(1).max(200).default(50),
  after: z.string().max(500).optional(),
});
export type ChangeSetQuestion = z.input<typeof ChangeSetQuestion>;
export const ChangeSetCursor = z.tuple([z.string(), z.string()]);

/** The sides of a journal entry about a unit, a location number or a set, as far as an undo and its receipt need them. */
export const JournalFacts = z.object({
  versions: z.array(z.record(z.string(), z.unknown())).optional(),
  replacedBy: z.array(z.object({ sorId: z.string(), share: SuccessorShare.nullable() })).optional(),
  withdrawal: z.array(Withdrawal).optional(),
  registrations: z.array(z.record(z.string(), z.unknown())).optional(),
  /** Of an entry about a set: its state, what a remark is about, and a command that was removed. */
  state: z.string().optional(),
  position: z.number().optional(),
  takenUp: z.boolean().optional(),
  removed: z.unknown().optional(),
});
export type JournalFacts = z.infer<typeof JournalFacts>;

const sequenceMax = Number.MAX_SAFE_INTEGER;

/** A moment of knowledge: the number of a journal entry, or a day for its first instant in Denmark. */
const Moment = z.union([queryNumber(0, sequenceMax), dayText()]);

/** Two moments of knowledge, and the part of the register that is compared. */
export const DiffQuestion = z.strictObject({
  from: Moment.meta({
    description: "Number of a journal entry, or a day: as known when it began in Denmark",
  }),
  to: Moment.optional().meta({ description: "The same; default: now" }),
  subtreeOf: SorId.optional().meta({
    description: "Only this unit and what stands below it at either moment, with its location numbers",
  }),
  limit: queryNumber(1, 200).default(50),
  after: z.string().max(2000).optional().meta({ description: "Cursor: `next` of the previous page" }),
});
export type DiffQuestion = z.infer<typeof DiffQuestion>;

/** Cursor of a diff: the journal number up to which the pages go, and the entry of the last subject shown. */
export const DiffKey = z.tuple([z.int().min(0), z.int().min(0)]);
