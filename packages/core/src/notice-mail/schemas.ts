import { z } from "zod";
import { MailAddress } from "../identifiers/index.ts";
import { WebsiteField } from "../public-subscriptions/index.ts";
import { NoticeKind, ServiceId } from "../status/index.ts";

/** The text that a subscriber agrees to; a new text gets a new version. */
export const consentVersion = "drift-2026-12";

/** What a subscriber wants: all services and those to come, or some; which kinds of notices. */
export type NoticeWishes = { services: "all" | readonly string[]; kinds: readonly NoticeKind[] };

/** The wishes of a subscriber; they were read by these schemas before they were stored. */
export const noticeWishes = ({ wishes }: { wishes: unknown }): NoticeWishes => wishes as NoticeWishes;

const wishes = {
  scope: z.enum(["all", "chosen"]),
  services: z.array(ServiceId).max(50).default([]),
  kinds: z.array(NoticeKind).max(3).default([]),
  digest: z.enum(["at-once", "daily"]),
  language: z.enum(["da", "en"]),
};
type Wishes = z.output<z.ZodObject<typeof wishes>>;

const choosesServices = ({ scope, services }: Pick<Wishes, "scope" | "services">) =>
  scope !== "chosen" || services.length > 0;
const noServices = { path: ["services"], error: "choose-one", when: () => true };
const noKinds = { path: ["kinds"], error: "choose-one", when: () => true };
const hasKinds = ({ kinds }: Pick<Wishes, "kinds">) => (kinds?.length ?? 0) > 0;

const chosen = ({ scope, services, kinds, digest, language }: Wishes) => ({
  wishes: {
    services: scope === "all" ? "all" : [...new Set(services)],
    kinds: [...new Set(kinds)],
  } as NoticeWishes,
  digest,
  language,
});

/** What a subscriber chose, as posted by a web form. */
export const NoticeWishesForm = z
  .object(wishes)
  .refine(choosesServices, noServices)
  .refine(hasKinds, noKinds)
  .transform(chosen);

/** Signing up, as posted by a web form. */
export const NoticeSubscriptionForm = z
  .object({ ...wishes, mail: MailAddress, website: WebsiteField })
  .refine(choosesServices, noServices)
  .refine(hasKinds, noKinds)
  .transform(({ mail: address, website, ...rest }) => ({
    address,
    isByProgram: website !== "",
    ...chosen(rest),
  }));
export type NoticeSubscriptionForm = z.output<typeof NoticeSubscriptionForm>;
