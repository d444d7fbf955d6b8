import type { z } from "zod";
import { englishOf } from "../faults/index.ts";

/** What is wrong with one setting, in English and never with its value. */
type SettingFault = { name: string; fault: string };

/** Reads settings from the environment, where an empty value counts as absent. All faults are found at once. */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): { settings: z.output<Schema> } | { faults: SettingFault[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const read = schema.safeParse(given);
  if (read.success) return { settings: read.data };
  const faults = read.error.issues.map(({ path, message }) => ({
    name: path.join("."),
    fault: englishOf(message),
  }));
  return { faults };
}
