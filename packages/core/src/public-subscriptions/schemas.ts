import { z } from "zod";

/** The secret in the links of a mail. */
export const SubscriptionToken = z.string().regex(/^[\w-]{32}$/);

/** A field that people do not see: what fills it is a program. */
export const WebsiteField = z.string().max(500).default("");
