import { createHash, timingSafeEqual } from "node:crypto";
import { createContext } from "@sor/core";
import { PostedBounce, readReport, recordBounce } from "@sor/core/bounces";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv, Deps } from "../app-env.ts";
import { problem } from "../problems/index.ts";

const actor = { kind: "system", job: "returned-mail" } as const;
const bytesMost = 1024 * 1024;

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Whether the request carries the key as a bearer token. */
function isAllowed(header: string | undefined, key: string): boolean {
  const given = /^Bearer (.{1,200})$/.exec(header ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(key));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a mail provider posts: the mail that came back as it is, or its return address and status as JSON. */
function bounceIn(type: string, body: string): { text: string; status: string } | undefined {
  if (type.startsWith("application/json")) {
    const read = PostedBounce.safeParse(parsed(body));
    return read.success ? { text: read.data.returnAddress, status: read.data.status } : undefined;
  }
  const report = readReport(body);
  return report && { text: report.headers, status: report.status };
}

/**
 * Where a mail provider reports mail that came back, with the key of MAIL_RETURN_KEY. The answer does not tell whether the address
 * subscribes to anything. Not there without the setting.
 */
export function returnedMail(deps: Deps) {
  const app = new Hono<AppEnv>();
  const { MAIL_RETURN_KEY: key } = deps.config;
  if (key === undefined) return app;
  const limit = bodyLimit({ maxSize: bytesMost, onError: (c) => problem(c, "too-large") });
  app.post("/mail/returned", limit, async (c) => {
    if (!isAllowed(c.req.header("authorization"), key)) return problem(c, "not-signed-in");
    const bounce = bounceIn(c.req.header("content-type") ?? "", await c.req.text());
    if (bounce) await recordBounce(createContext(deps.db, actor, deps.clock()), bounce);
    return c.body(null, 204);
  });
  return app;
}
