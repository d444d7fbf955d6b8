import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import * as subscribing from "../public-subscriptions/index.ts";
import { services as allServices } from "../status/tables.ts";
import { confirmationMail } from "./compose-mail.ts";
import { consentVersion, type NoticeSubscriptionForm, type NoticeWishes, noticeWishes } from "./schemas.ts";

type SignUp = Omit<NoticeSubscriptionForm, "isByProgram"> & {
  /** The address of the client: limits are counted by its network. */
  client: string;
  /** Address of the portal, without a trailing slash. */
  origin: string;
};

/** Asks an address to confirm what was chosen, as `signUp` of public-subscriptions. Throws `invalid` for an unknown service. */
export async function signUpForNotices(ctx: Context, { origin, ...input }: SignUp): Promise<void> {
  await subscribing.signUp(
    ctx,
    { ...input, topic: "notices", consentVersion },
    {
      check: async (tx) => await requireServices(tx, input.wishes),
      compose: (token) => confirmationMail(`${origin}/drift/abonner/bekraeft/${token}`, input.language),
    },
  );
}

/** Throws `invalid` when a service that was chosen does not exist. */
export async function requireServices(tx: Transaction, { services }: NoticeWishes): Promise<void> {
  if (services === "all") return;
  const known = new Set((await tx.select({ id: allServices.id }).from(allServices)).map(({ id }) => id));
  if (services.every((id) => known.has(id))) return;
  throw new DomainError("invalid", "no-such-service", { field: "services" });
}

const topics = ["notices"] as const;

/** What a link confirms, and whether it still can: `confirmed` when its button was pressed before. Undefined for an unknown link. */
export async function findConfirmation(ctx: Context, { token }: { token: string }) {
  const found = await subscribing.findConfirmation(ctx, { token, topics });
  return found && { ...found, ...noticeWishes(found) };
}

/** Confirms what the link of a mail stands for. Throws `gone` when the link is too old or unknown. */
export async function confirmNoticeSubscription(ctx: Context, { token }: { token: string }): Promise<void> {
  await subscribing.confirmSubscription(ctx, { token, topics });
}
