import { randomUUID } from "node:crypto";
import type { Context } from "@sor/core";
import { signUpForNews } from "@sor/core/news";
import { confirmNoticeSubscription, NoticeSubscriptionForm, signUpForNotices } from "@sor/core/notice-mail";
import { takeMessages } from "@sor/core/outbox";
import { confirmSubscription } from "@sor/core/public-subscriptions";

/** Signs an address up for notices, and returns the token of its link: to confirm it, or to manage it once it is confirmed. */
export async function aSubscriber(
  ctx: Context,
  { isConfirmed, kinds = ["incident"] }: { isConfirmed: boolean; kinds?: string[] },
): Promise<string> {
  const address = `${randomUUID()}@example.dk`;
  const form = { mail: address, scope: "all", kinds, digest: "at-once", language: "da" };
  const client = "192.0.2.77";
  const origin = "https://sor.example.org";
  await signUpForNotices(ctx, { ...NoticeSubscriptionForm.parse(form), client, origin });
  const token = await tokenSentTo(ctx, address);
  if (isConfirmed) await confirmNoticeSubscription(ctx, { token });
  return token;
}

async function tokenSentTo(ctx: Context, address: string): Promise<string> {
  const mails = await takeMessages(ctx, { limit: 1000, leaseSeconds: 60, channels: ["mail"] });
  const text = mails.find((mail) => mail.address === address)?.content.text ?? "";
  const token = /bekraeft\/([\w-]{32})/.exec(text)?.[1];
  if (token === undefined) throw new Error("no link was sent");
  return token;
}

/** The same for news or the newsletter. */
export async function aReader(
  ctx: Context,
  { topic, isConfirmed }: { topic: "news" | "newsletter"; isConfirmed: boolean },
): Promise<string> {
  const address = `${randomUUID()}@example.dk`;
  const form = { address, digest: "at-once", language: "da" } as const;
  const from = { client: "192.0.2.78", origin: "https://sor.example.org" };
  await signUpForNews(ctx, { ...form, ...from, topic });
  const token = await tokenSentTo(ctx, address);
  if (isConfirmed) await confirmSubscription(ctx, { token, topics: [topic] });
  return token;
}
