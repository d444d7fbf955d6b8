import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Language } from "../app-env.ts";
import type { ProblemError } from "../problems/index.ts";

type Computed<View extends z.ZodRawShape, Input extends z.ZodRawShape> = {
  [Name in Exclude<keyof View, keyof Input>]: z.ZodOptional<View[Name]>;
};

const differs = { da: "beregnes og er noget andet nu", en: "is computed, and something else now" };

/**
 * A body that may be the answer of GET, so that a client can fetch, change a member and put: besides what can be set (`input`) it
 * accepts the computed members of the resource (the rest of `view`), read-only in the description. `faultsOf` lists those whose
 * value differs from the current one: they cannot be changed. `measured` members change without any request and are not compared.
 */
export function roundTrip<Input extends z.ZodRawShape, View extends z.ZodRawShape>(
  input: z.ZodObject<Input>,
  view: z.ZodObject<View>,
  measured: readonly (keyof View)[] = [],
) {
  const isComputed = (name: string) => Object.hasOwn(view.shape, name) && !Object.hasOwn(input.shape, name);
  const computed = Object.entries(view.shape)
    .filter(([name]) => isComputed(name))
    .map(([name, schema]) => [name, z.optional(schema).meta({ readOnly: true })]);
  const shape = { ...Object.fromEntries(computed), ...input.shape } as Input & Computed<View, Input>;
  const faultsOf = (given: object, present: object, language: Language): ProblemError[] => {
    const now = new Map<string, unknown>(Object.entries(present));
    return Object.entries(given)
      .filter(([name]) => isComputed(name) && !measured.includes(name))
      .filter(([name, value]) => value !== undefined && !isDeepStrictEqual(value, now.get(name)))
      .map(([name]) => ({ pointer: `/${name}`, detail: differs[language] }));
  };
  return { schema: z.strictObject(shape), faultsOf };
}
