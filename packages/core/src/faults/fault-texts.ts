import { ofAccess } from "./of-access.ts";
import { ofAlerts } from "./of-alerts.ts";
import { ofEdits } from "./of-edits.ts";
import { ofEndpoints } from "./of-endpoints.ts";
import { ofFiles } from "./of-files.ts";
import { ofLists } from "./of-lists.ts";
import { ofMessages } from "./of-messages.ts";
import { ofPublications } from "./of-publications.ts";
import { ofRegister } from "./of-register.ts";
import { ofRequests } from "./of-requests.ts";
import { ofSchemas } from "./of-schemas.ts";
import { ofStatus } from "./of-status.ts";
import { ofSwitches } from "./of-switches.ts";
import type { Words } from "./words.ts";

const everything = {
  ...ofAccess,
  ...ofAlerts,
  ...ofEdits,
  ...ofEndpoints,
  ...ofFiles,
  ...ofLists,
  ...ofMessages,
  ...ofPublications,
  ...ofRegister,
  ...ofStatus,
  ...ofSwitches,
  ...ofRequests,
  ...ofSchemas,
} as const;

/** The code of a fault. What is refused names one, so that a refusal without its words does not compile. */
export type Fault = keyof typeof everything;

/** What is said of each fault. */
export const faultTexts: Readonly<Record<Fault, Words>> = everything;

/** Whether a text is the code of a fault: the messages of schemas are. */
export const isFault = (text: string): text is Fault => Object.hasOwn(faultTexts, text);

/** A message of a schema in English words: those of its fault, or the schema's own. */
export const englishOf = (message: string): string => (isFault(message) ? faultTexts[message].en : message);
