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
      /** The page is a list or search, and the vendor's share of the database is in use. */
      isBusy: boolean;
      config: Config;
      language: Language;
      theme: Theme;
    }
    interface Error {
      code: ErrorCode | "unexpected";
      requestId: string;
      /** The reason of a `gone` error (`used`, `withdrawn`, `expired`, `vendor-deactivated`); `busy` where the vendor's share is in use. */
      why?: string | undefined;
    }
  }
}
