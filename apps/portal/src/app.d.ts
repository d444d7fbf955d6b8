import type { Context, ErrorCode } from "@sor/core";
import type { Config } from "./config.ts";
import type { Language } from "./lib/language.ts";
import type { Theme } from "./lib/theme.ts";

declare global {
  namespace App {
    interface Locals {
      requestId: string;
      ctx: Context;
      /** The database could not be asked who this is. */
      isAway: boolean;
      config: Config;
      language: Language;
      theme: Theme;
    }
    interface Error {
      code: ErrorCode | "unexpected";
      requestId: string;
      /** Of what is gone: `used`, `withdrawn` or `expired`. */
      why?: string | undefined;
    }
  }
}
