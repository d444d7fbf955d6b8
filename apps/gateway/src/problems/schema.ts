import { z } from "zod";
import { type ProblemCode, problems } from "./catalogue.ts";

/** RFC 9457 problem details, the body of every refusal of the gateway. */
export const Problem = z
  .looseObject({
    type: z.string().meta({ description: "Address of the problem's description" }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().optional(),
    instance: z.string().optional(),
    requestId: z.string().optional(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ description: "JSON pointer into the body (RFC 6901)" }),
          parameter: z.string().optional().meta({ description: "Path, query or header parameter" }),
          detail: z.string(),
          code: z.string().optional().meta({ description: "Kind of finding in an EDIFACT text" }),
          position: z
            .record(z.string(), z.union([z.int(), z.string()]))
            .optional()
            .meta({
              description:
                "Place in a submission: message, segment (UNH = 1), element, component, path (XML, FHIR), byte offset",
            }),
        }),
      )
      .optional(),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457)" });
export type Problem = z.infer<typeof Problem>;
export type ProblemError = NonNullable<Problem["errors"]>[number];

export type ProblemInput = {
  detail?: string | undefined;
  errors?: readonly ProblemError[] | undefined;
  /** Further members, such as `successor` or `supportedVersions`. */
  more?: Record<string, unknown> | undefined;
  headers?: Record<string, string> | undefined;
};
