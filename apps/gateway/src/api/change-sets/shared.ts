import { DomainError } from "@sor/core";
import { type ChangeSet, getChangeSet } from "@sor/core/changesets";
import { queryNumber } from "@sor/core/identifiers";
import type { Context } from "hono";
import type { Answer, AppEnv } from "../../app-env.ts";
import { ifMatch, isExpected } from "../../http/conditional.ts";
import { pointerInSet } from "../../problems/change-set-problems.ts";
import { problem } from "../../problems/index.ts";
import { byId, refusedWriting, tagHeaders } from "../shared.ts";
import { setView } from "./views.ts";

export const byPosition = byId.extend({ position: queryNumber(1, 1_000_000_000) });

/** The problems of a change or a step of a set. */
export const refusedOnVersion = () =>
  refusedWriting("not-found", "conflict", "wrong-state", "precondition-failed", "precondition-required");

const etagOf = ({ version }: Pick<ChangeSet, "version">) => String(version);

/** A set as the answer, with its version as the ETag; a new one with its address. */
export function answerSet(c: Context<AppEnv>, set: ChangeSet, status: 200 | 201 = 200): Answer {
  const location = status === 201 ? { Location: `/v1/change-sets/${set.id}` } : {};
  return c.json(setView(set), status, { ...tagHeaders({ etag: etagOf(set) }), ...location }) as never;
}

/**
 * Changes a set in the version that If-Match requires, and answers it: 428 without If-Match, 412 with another version. Refusals of
 * its commands point to them in the set.
 */
export async function onVersion(
  c: Context<AppEnv>,
  { id }: { id: string },
  change: (edit: { id: string; version: number | undefined }) => Promise<ChangeSet>,
): Promise<Answer> {
  const expected = ifMatch(c);
  if (expected === undefined) return problem(c, "precondition-required");
  const present = await getChangeSet(c.var.ctx, { id });
  if (!isExpected(expected, { etag: etagOf(present) })) return problem(c, "precondition-failed");
  const version = expected.etag === undefined ? undefined : present.version;
  return answerSet(c, await withPlaces(present, () => change({ id, version })));
}

/** Runs a step; a refusal of one of the set's commands gets the pointer to it. */
async function withPlaces<T>({ items }: ChangeSet, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const at = error instanceof DomainError ? error.details.at : undefined;
    if (!(error instanceof DomainError) || typeof at !== "number") throw error;
    // A command that was sent, and is not in the set yet, has its place in the body.
    if (error.details.fault === "malformed") throw error;
    const pointer = pointerInSet(at, items[at]?.command.kind, error.details.field);
    throw new DomainError(error.code, error.words, { ...error.details, pointer });
  }
}
