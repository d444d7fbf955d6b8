import { Uuid } from "@sor/core/identifiers";
import { IdempotencyKey } from "@sor/core/messages";
import { z } from "zod";
import { type ProblemCode, problemResponses } from "../problem-docs.ts";

/** What operations that need a key declare. */
export const security = [{ apiKey: [] }];
export const byId = z.object({ id: Uuid });
export const nothing = z.strictObject({});
export const noStore = { "Cache-Control": "no-store" };

/** The headers of an answer that is not kept, with the tag of the state that it shows. */
export const tagHeaders = ({ etag }: { etag: string }) => ({ ...noStore, ETag: `"${etag}"` });

const inJson = <Schema extends z.ZodType>(schema: Schema, example?: z.input<Schema>) => ({
  "application/json": {
    schema,
    ...(example !== undefined && { examples: { one: { value: example as never } } }),
  },
});

/** An answer in JSON, as a route documents it. */
export const json = <Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  example?: z.input<Schema>,
) => ({ description, content: inJson(schema, example) });

/** A body in JSON, as a route documents it; the example is one that the route takes. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) => ({
  required: true,
  content: inJson(schema, example),
});

/** The header by which a client names a request, so that asking twice acts once. */
export const idempotencyHeader = z.object({ "idempotency-key": IdempotencyKey.optional() });

const ofReading = ["invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"] as const;
const ofWriting = [
  "malformed",
  "idempotency-key-in-flight",
  "idempotency-key-reused",
  "too-large",
  "unsupported-media-type",
] as const;

/** How an operation that reads with a key may refuse, and the codes of its own. */
export const refusedReading = (...more: ProblemCode[]) => problemResponses(...ofReading, ...more);

/** How an operation that writes with a key may refuse, and the codes of its own. */
export const refusedWriting = (...more: ProblemCode[]) =>
  problemResponses(...ofReading, ...ofWriting, ...more);

/** How a list asks to be counted, and what it answers then. */
export const countQuestion = {
  count: z.enum(["exact", "estimate"]).optional().meta({
    description:
      "Give `total` too: counted to 100,000, or for an estimate to 1,000; `isTotalLeast` says that there are more",
  }),
};
export const countAnswer = { total: z.int().optional(), isTotalLeast: z.boolean().optional() };
