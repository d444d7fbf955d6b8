import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./app-env.ts";
import { onInvalid } from "./problems.ts";

/** A router whose bad input becomes a 400 problem. Every file in `api/` makes one. */
export function newRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });
}
