import { BulkEdit, draftBulk } from "../bulk/index.ts";
import type { ChangeSet } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { listVersions } from "./phases.ts";
import type { MoveToSuccessor } from "./schemas.ts";

/**
 * Drafts the change set that moves the actor's location numbers from a version that is being phased out to the one that follows it:
 * what they receive and what they send. `invalid` when nothing follows it, or none of them receives it any more; `too-large` for more
 * location numbers than a set can have.
 */
export async function draftMove(
  ctx: Context,
  { messageType, version, at }: MoveToSuccessor,
): Promise<ChangeSet> {
  const all = await listVersions(ctx);
  const found = all.find((each) => each.messageType === messageType && each.version === version);
  const to = found?.phase?.successor;
  if (!to) throw new DomainError("invalid", "no-successor", {});
  const filter = { messageType, version, phasingOut: "yes" };
  const title = `${messageType} ${version} → ${to.messageType} ${to.version}`;
  const steps = [{ step: "version", messageType, version, to, at: at?.toISOString() ?? null }];
  const { set } = await draftBulk(ctx, BulkEdit.parse({ title, filter, steps }));
  if (!set) throw new DomainError("invalid", "changes-nothing", {});
  return set;
}
