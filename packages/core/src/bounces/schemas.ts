import { z } from "zod";

/** A mail that came back, as a mail provider posts it when it does not pass on the mail itself. */
export const PostedBounce = z.strictObject({
  /** The return address (envelope sender) of the mail that came back. */
  returnAddress: z.string().max(320),
  status: z.string().regex(/^[245]\.\d{1,3}\.\d{1,3}$/),
});
