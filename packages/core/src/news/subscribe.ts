import type { Context } from "../context.ts";
import { composeConfirmation, signUp } from "../public-subscriptions/index.ts";
import type { NewsSubscriptionForm } from "./schemas.ts";
import { mailWords } from "./wording.ts";

/** Which text those who subscribe to each topic agree to; a new text gets a new version. */
const consentVersions = { news: "nyheder-2026-12", newsletter: "nyhedsbrev-2026-12" } as const;

type SignUp = Omit<NewsSubscriptionForm, "isByProgram"> & {
  topic: keyof typeof consentVersions;
  /** The address of the client: limits are counted by its network. */
  client: string;
  /** Address of the portal, without a trailing slash. */
  origin: string;
};

/** Asks an address to confirm that it wants news or the newsletter, as `signUp` of public-subscriptions. */
export async function signUpForNews(ctx: Context, { origin, topic, ...input }: SignUp): Promise<void> {
  const { language } = input;
  const { prefix, confirm } = mailWords[topic][language];
  await signUp(
    ctx,
    { ...input, topic, wishes: {}, consentVersion: consentVersions[topic] },
    {
      compose: (token) =>
        composeConfirmation(`${origin}/nyheder/abonner/bekraeft/${token}`, confirm, { language, prefix }),
    },
  );
}
