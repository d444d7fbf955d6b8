import { type Context, change } from "../context.ts";
import { newId } from "../database/index.ts";
import { type AddedUser, addUser } from "./add-user.ts";
import { hashOfPassword } from "./auth.ts";
import { addKey, type CreatedKey } from "./create-key.ts";
import type { NewKey } from "./schemas.ts";
import { isKeyText } from "./secrets.ts";

export type DemoUser = Omit<AddedUser, "id" | "passwordHash" | "grant"> &
  NonNullable<AddedUser["grant"]> & { password: string };

/** Creates an account with a given password, without an invitation; only for system actors. */
export async function createDemoUser(ctx: Context, input: DemoUser): Promise<{ userId: string }> {
  const { password, role, scope, ...given } = input;
  const passwordHash = await hashOfPassword(password);
  const id = newId();
  const subject = { type: "user", id } as const;
  return await change(ctx, { action: "user.create", subject }, async (tx) => {
    await addUser(tx, { ...given, grant: { role, scope }, id, passwordHash }, ctx.now);
    const { username, supplierId } = given;
    const after = { username, supplierId, role, scope };
    return { result: { userId: id }, entries: [{ subjectType: "user", subjectId: id, after }] };
  });
}

/** Creates a key with a given text (in the form of `newKeyText()`), with any expiry. */
export async function createDemoKey(ctx: Context, input: NewKey & { key: string }): Promise<CreatedKey> {
  const { key, ...given } = input;
  if (!isKeyText(key)) throw new RangeError("a key is sor_ and 43 characters of base64url");
  return await addKey(ctx, given, key);
}
