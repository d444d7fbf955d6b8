import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";
import { onInvalid } from "../problems/index.ts";

/** A router that answers invalid input with a 400 problem. Every file in `api/` creates one. */
export function newRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });
}
