import { SorId } from "@sor/core/identifiers";
import { z } from "zod";

/** A unit in a form, written alone or after its name; an empty field is null. */
export const typedUnit = z
  .string()
  .trim()
  .transform((text) => (text === "" ? null : (text.split("·").at(-1)?.trim() ?? text)))
  .pipe(SorId.nullable());
