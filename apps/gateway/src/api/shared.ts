import { Uuid } from "@sor/core/identifiers";
import { IdempotencyKey } from "@sor/core/messages";
import { z } from "zod";
import { type ProblemCode, problemResponses } from "../problems/docs.ts";

/** The `security` of operations that need a key. */
export const security = [{ apiKey: [] }];
export const byId = z.object({ id: Uuid });
export const nothing = z.strictObject({});
export const noStore = { "Cache-Control": "no-store" };

/** Headers of an answer that must not be cached, with the ETag of the state it shows. */
export const tagHeaders = ({ etag }: { etag: string }) => ({ ...noStore, ETag: `"${etag}"` });

const inJson = <Schema extends z.ZodType>(schema: Schema, example?: z.input<Schema>) => ({
  "application/json": {
    schema,
    ...(example !== undefined && { examples: { one: { value: example as never } } }),
  },
});

/** A JSON answer, as a route documents it. */
export const json = <Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  example?: z.input<Schema>,
) => ({ description, content: inJson(schema, example) });

/** A JSON body, as a route documents it; the example must be valid for the route. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) => ({
  required: true,
  content: inJson(schema, example),
});

/** The Idempotency-Key header: a repeated request has its effect once. */
export const idempotencyHeader = z.object({ "idempotency-key": IdempotencyKey.optional() });

const ofReading = ["invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"] as const;
const ofWriting = [
  "malformed",
  "idempotency-key-in-flight",
  "idempotency-key-reused",
  "too-large",
  "unsupported-media-type",
] as const;

/** The problems of an operation that reads with a key, and further codes of its own. */
export const refusedReading = (...more: ProblemCode[]) => problemResponses(...ofReading, ...more);

/** The problems of an operation that writes with a key, and further codes of its own. */
export const refusedWriting = (...more: ProblemCode[]) =>
  problemResponses(...ofReading, ...ofWriting, ...more);

/** The query parameter by which a list is counted, and the members of the answer. */
export const countQuestion = {
  count: z.enum(["exact", "estimate"]).optional().meta({
    description:
      "Include `total`: counted up to 100,000 (`exact`) or 1,000 (`estimate`); `isTotalLeast` is true when there are more",
  }),
};
export const countAnswer = { total: z.int().optional(), isTotalLeast: z.boolean().optional() };
