import type { Context, ErrorCode } from "@sor/core";
import type { Config } from "./config.ts";
import type { Language } from "./lib/language.ts";
import type { Theme } from "./lib/theme.ts";

declare global {
  namespace App {
    interface Locals {
      requestId: string;
      ctx: Context;
      /** The session could not be checked because the database is unavailable. */
      isAway: boolean;
      config: Config;
      language: Language;
      theme: Theme;
    }
    interface Error {
      code: ErrorCode | "unexpected";
      requestId: string;
      /** For a `gone` error, the reason: `used`, `withdrawn` or `expired`. */
      why?: string | undefined;
    }
  }
}
