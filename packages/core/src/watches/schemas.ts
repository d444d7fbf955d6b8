import { z } from "zod";
import { Gln, SorId } from "../identifiers/index.ts";
import { MessageTypeCode } from "../message-types/index.ts";

/** What to be told of: a type, or every type, at a location number; or everything from a unit downwards; or the phasing out of a version that own location numbers have. */
export const NewWatch = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("location"), gln: Gln, messageType: MessageTypeCode.nullable() }),
  z.object({ kind: z.literal("unit"), sorId: SorId }),
  z.object({ kind: z.literal("versions") }),
]);
export type NewWatch = z.infer<typeof NewWatch>;
