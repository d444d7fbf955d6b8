import { deserialize, serialize } from "node:v8";
import { and, eq, lt } from "drizzle-orm";
import { type Context, withMemory } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { hideText, showText } from "../vault/index.ts";
import { ownerOf } from "./idempotency.ts";
import { idempotencyKeys } from "./tables.ts";

/**
 * A posted form: the id that its page gave it, and a SHA-256 (hexadecimal) of all its fields and the address it was posted to.
 */
export type PostedForm = { id: string; digest: string };

type Kept = { form: string };

/**
 * Longer than a double click or a retry after a lost answer, and short enough that a form restored from the browser's history is
 * handled as new.
 */
const repeatMinutes = 10;
const nothing = "";

/**
 * A context in which a form can be named, which makes it idempotent: posted again within ten minutes, every change gives its
 * first result and writes nothing, also when both run concurrently (a unique key in the change's transaction). With other field
 * values it is another form, so that going back and correcting a field does not give the old answer. Results are stored
 * encrypted: some are secrets.
 */
export function withForm(ctx: Context): { ctx: Context; name: (form: PostedForm) => void } {
  let named: PostedForm | undefined;
  let changes = 0;
  const keys = new WeakMap<Transaction, ReturnType<typeof isKept>>();
  const isKept = (key: string) =>
    and(eq(idempotencyKeys.owner, ownerOf(ctx.actor)), eq(idempotencyKeys.key, key));

  async function recall(tx: Transaction): Promise<{ result: unknown } | undefined> {
    if (!named) return undefined;
    const key = `form ${named.id} ${named.digest} ${changes}`;
    changes += 1;
    keys.set(tx, isKept(key));
    const row = { owner: ownerOf(ctx.actor), key, requestSha256: named.digest, createdAt: ctx.now };
    const answer: Kept = { form: nothing };
    const isOver = lt(idempotencyKeys.createdAt, new Date(ctx.now.getTime() - repeatMinutes * 60_000));
    const target = [idempotencyKeys.owner, idempotencyKeys.key];
    const fresh = await tx
      .insert(idempotencyKeys)
      .values({ ...row, answer })
      .onConflictDoUpdate({ target, set: { createdAt: ctx.now, answer }, setWhere: isOver })
      .returning({ key: idempotencyKeys.key });
    if (fresh.length > 0) return undefined;
    const [first] = await tx.select().from(idempotencyKeys).where(isKept(key));
    if (!first) throw new Error("a kept form stays for its ten minutes");
    const { form } = first.answer as Kept;
    return { result: deserialize(Buffer.from(showText(form), "base64")) };
  }

  async function remember(tx: Transaction, result: unknown): Promise<void> {
    const kept = keys.get(tx);
    if (!kept) return;
    const answer: Kept = { form: hideText(serialize(result).toString("base64")) };
    await tx.update(idempotencyKeys).set({ answer }).where(kept);
  }

  return {
    ctx: withMemory(ctx, { recall, remember, isForAll: true }),
    name: (form) => {
      named = form;
    },
  };
}
