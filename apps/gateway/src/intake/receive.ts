import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problems.ts";
import type { Intake } from "./back-pressure.ts";
import { type ReceivedBody, receiveBody } from "./receive-body.ts";

/** How much larger than it travels a packed body is reckoned to be. */
const packedFactor = 20;

function sizeTold(c: Context<AppEnv>): number | undefined {
  const length = Number(c.req.header("content-length") ?? Number.NaN);
  if (!Number.isSafeInteger(length)) return undefined;
  const isPacked = (c.req.header("content-encoding") ?? "identity") !== "identity";
  return isPacked ? length * packedFactor : length;
}

/**
 * Receives a body, uses it, and gives back what it took: the door before, the spool behind. A body that may not come or cannot
 * be received is refused with its problem.
 */
export async function receive<T extends object>(
  c: Context<AppEnv>,
  intake: Intake,
  use: (body: ReceivedBody) => Promise<T>,
  check?: "everything",
): Promise<T | { refused: Response }> {
  const { bytesMax, folder } = intake;
  if (Number(c.req.header("content-length") ?? 0) > bytesMax) {
    return { refused: problem(c, "too-large", { more: { bytesMax } }) };
  }
  const admission = await intake.admit(sizeTold(c));
  if (!admission.admitted) {
    const { reason } = admission;
    return { refused: problem(c, "unavailable", { more: { reason } }) };
  }
  try {
    const body = await receiveBody(c, { bytesMax, folder, ...(check && { check }) });
    if ("refused" in body) return body;
    try {
      return await use(body.received);
    } finally {
      await body.received.content.close();
    }
  } finally {
    admission.release();
  }
}
