import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "@sor/core/demo";
import type { Tries } from "./parts.ts";

type Request = {
  method: "GET" | "POST";
  path: string;
  key: string;
  body?: Buffer;
  headers?: Record<string, string>;
};
export type Reply = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };

/** A client as a careful vendor writes it; `patienceSeconds` per attempt, `haste` the fraction it aborts itself. */
export type CarefulClient = {
  gateways: readonly string[];
  random: Random;
  patienceSeconds: number;
  haste: number;
  signal?: AbortSignal;
};

/** One attempt on a new connection. Rejects when the answer was incomplete. */
function ask(gateway: string, request: Request, signal: AbortSignal): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${request.key}`,
    ...(request.body && { "content-length": String(request.body.byteLength) }),
    ...request.headers,
  };
  return new Promise((resolve, reject) => {
    const options = { method: request.method, headers, agent: false as const, signal };
    const sent = http.request(`${gateway}${request.path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (!response.complete) return reject(new Error("the answer broke off"));
        const { statusCode: status = 0, headers: told } = response;
        resolve({ status, headers: told, body: Buffer.concat(chunks) });
      });
    });
    sent.on("error", reject);
    sent.end(request.body);
  });
}

export const problemCode = (reply: Reply): string | null => {
  const text = reply.body.toString();
  return text.startsWith("{") ? ((JSON.parse(text) as { code?: string }).code ?? null) : null;
};

const isPassing = (reply: Reply) =>
  reply.status >= 500 ||
  reply.status === 429 ||
  (reply.status === 409 && problemCode(reply) === "idempotency-key-in-flight");

/**
 * Retries until the answer is final: after a broken connection, a 5xx, a 429 or a key in use it waits (for Retry-After, with a
 * minimum) and asks another gateway on a new connection, with the same headers.
 */
export async function askUntilAnswered(
  client: CarefulClient,
  request: Request,
): Promise<{ reply: Reply; milliseconds: number; tries: Tries }> {
  const { gateways, random } = client;
  const tries: Tries = { attempts: 0, broken: 0, statuses: {}, unguided: 0 };
  let at = random.between(0, gateways.length - 1);
  for (;;) {
    client.signal?.throwIfAborted();
    tries.attempts += 1;
    const started = performance.now();
    const isHasty = random.chance(client.haste);
    const patience = isHasty ? random.between(1, 40) : client.patienceSeconds * 1000;
    const reply = await ask(gateways[at] ?? "", request, AbortSignal.timeout(patience)).catch(
      () => undefined,
    );
    if (reply) tries.statuses[reply.status] = (tries.statuses[reply.status] ?? 0) + 1;
    else tries.broken += 1;
    if (reply?.status === 503 && reply.headers["retry-after"] === undefined) tries.unguided += 1;
    if (reply && !isPassing(reply)) return { reply, milliseconds: performance.now() - started, tries };
    const asked = Number(reply?.headers["retry-after"] ?? 0) * 1000;
    // Cap the wait at a second or two: longer would only prolong the run.
    await pause(Math.min(asked, 1500) + random.between(50, 400), undefined, {
      ...(client.signal && { signal: client.signal }),
    });
    at = (at + random.between(1, Math.max(1, gateways.length - 1))) % gateways.length;
  }
}
