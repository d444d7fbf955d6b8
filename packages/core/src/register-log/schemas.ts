import { z } from "zod";

/** What the log keeps of a system or a net operator. */
export const DeviceFacts = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("system"),
    name: z.string(),
    version: z.string().nullable(),
    sorCode: z.string().nullable(),
    manufacturer: z.string(),
  }),
  z.object({ kind: z.literal("operator"), name: z.string() }),
]);

/** A SHAK period that was removed, with the names of its columns. */
export const RemovedShak = z.object({
  code: z.string(),
  valid_from: z.string(),
  valid_to: z.string().nullable(),
  last_changed: z.string().nullable(),
  kind: z.enum(["hospital", "department", "ward"]),
  name: z.string(),
  search_text: z.string(),
  groups: z.array(z.string()),
  mark: z.enum(["1", "3"]).nullable(),
});
