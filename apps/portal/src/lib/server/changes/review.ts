import type { Context } from "@sor/core";
import { type ChangeSet, type Command, listRemoved } from "@sor/core/changesets";
import type { SignedIn } from "#lib/server/guards.ts";

/** When the person last looked at the set in order to decide or remark, else when anybody decided; and what went since. */
export async function sinceLastLook(
  ctx: Context,
  user: SignedIn,
  set: ChangeSet,
): Promise<{ since: Date | null; removed: Command[] }> {
  const looks = [...set.decisions, ...set.remarks];
  const own = looks.filter(({ userId }) => userId === user.id);
  const times = (own.length > 0 ? own : set.decisions).map(({ at }) => at.getTime());
  if (times.length === 0) return { since: null, removed: [] };
  const since = new Date(Math.max(...times));
  return { since, removed: await listRemoved(ctx, { id: set.id, since }) };
}
