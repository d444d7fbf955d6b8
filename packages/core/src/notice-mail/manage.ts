import type { Context } from "../context.ts";
import { changeSubscription, findSubscription, resumeSubscription } from "../public-subscriptions/index.ts";
import { type NoticeWishes, noticeWishes } from "./schemas.ts";
import { requireServices } from "./sign-up.ts";

const topics = ["notices"] as const;

type Token = { token: string };
type Choice = { wishes: NoticeWishes; digest: "at-once" | "daily"; language: "da" | "en" };

/** The subscription that the links of a mail lead to. Undefined for unknown ones, and after it was ended. */
export async function findNoticeSubscription(ctx: Context, { token }: Token) {
  const found = await findSubscription(ctx, { token, topics });
  return found && { ...found, ...noticeWishes(found) };
}

/** Changes what a subscriber wants. Throws `gone` when the subscription was ended, `invalid` for an unknown service. */
export async function changeNoticeSubscription(
  ctx: Context,
  { token, wishes, digest, language }: Token & Choice,
): Promise<void> {
  const choice = { wishes, digest, language };
  await changeSubscription(ctx, { token, topics }, choice, async (tx) => await requireServices(tx, wishes));
}

/** Sends again to an address that was suspended because it refused mail. Throws `gone` when the subscription was ended. */
export async function resumeNoticeSubscription(ctx: Context, { token }: Token): Promise<void> {
  await resumeSubscription(ctx, { token, topics });
}
