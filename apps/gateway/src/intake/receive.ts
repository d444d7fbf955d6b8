import type { Context } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import { refuseNoRoom } from "../http/bounded.ts";
import { clientOf, type Limiter } from "../http/limits.ts";
import { problem } from "../problems/index.ts";
import { createIntake, type Intake, type Pressure } from "./back-pressure.ts";
import { type ReceivedBody, receiveBody } from "./receive-body.ts";

const retryAfterSeconds = 5;
/** This many bytes cost as much of the rate limit as one request. */
const bytesAPoint = 65_536;

type Use<T> = (body: ReceivedBody) => Promise<T>;

/**
 * Receives a body, uses it, and releases its resources: back-pressure first, the spool last. A body that is not admitted or
 * cannot be received is refused with its problem. Its bytes are charged to the client's rate limit once received.
 */
type Receive = <T extends object>(
  c: Context<AppEnv>,
  use: Use<T>,
  check?: "everything",
) => Promise<T | { refused: Response }>;

/** Makes the intake of all large bodies of a process. */
export function createReceive(deps: Deps, limiter: Limiter): Receive {
  const intake = createIntake(deps);
  const refuse = (c: Context<AppEnv>, { reason, noRoom }: Pressure) => {
    if (noRoom === "full") deps.metrics.intakeRefused.inc({ reason });
    return refuseNoRoom(c, deps, { resource: reason, noRoom, seconds: retryAfterSeconds });
  };
  return async (c, use, check) => {
    const client = clientOf(c, deps.config);
    const { bytesMax } = intake;
    const told = Number(c.req.header("content-length") ?? Number.NaN);
    if (told > bytesMax) return { refused: problem(c, "too-large", { more: { bytesMax } }) };
    const admission = await intake.admit(client, Number.isSafeInteger(told) ? told : undefined);
    if ("pressure" in admission) return { refused: refuse(c, admission.pressure) };
    const { coming } = admission;
    try {
      const options = { ...receiving(intake), arrived: coming.arrived, ...(check && { check }) };
      const body = await receiveBody(c, options);
      if ("pressure" in body) return { refused: refuse(c, body.pressure) };
      if ("refused" in body) return body;
      limiter.take(client, Math.floor(body.received.content.sizeBytes / bytesAPoint));
      try {
        return await use(body.received);
      } finally {
        await body.received.content.close();
      }
    } finally {
      coming.release();
    }
  };
}

const receiving = ({ bytesMax, folder }: Intake) => ({ bytesMax, folder });
