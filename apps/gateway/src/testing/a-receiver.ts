import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { testKeys } from "@sor/core/testing";

export type ReceivedPost = { headers: http.IncomingHttpHeaders; body: Buffer };
export type Receiver = {
  /** Its address; `path` distinguishes endpoints. */
  address: (path?: string) => string;
  posts: ReceivedPost[];
  /** Probes, by another method than POST; answered with 200. */
  probes: ReceivedPost[];
  /** The answers to the next posts; 200 by default. "hang" never answers. */
  answers: (
    | number
    | "hang"
    | { status: number; headers: Record<string, string> }
    | { afterMilliseconds: number }
  )[];
  /** Resolves when that many posts have arrived. */
  until: (count: number) => Promise<void>;
  stop: () => Promise<void>;
};

function respond(response: http.ServerResponse, answer: Receiver["answers"][number]): void {
  if (answer === "hang") return;
  if (typeof answer === "number") response.writeHead(answer).end("answer");
  else if ("status" in answer) response.writeHead(answer.status, answer.headers).end();
  else setTimeout(() => response.writeHead(200).end(), answer.afterMilliseconds);
}

/** A webhook receiver on a free port of this machine, on a real socket. */
export async function aReceiver(): Promise<Receiver> {
  const posts: ReceivedPost[] = [];
  const probes: ReceivedPost[] = [];
  const answers: Receiver["answers"] = [];
  const waiting = new Set<() => void>();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const received = { headers: request.headers, body: Buffer.concat(chunks) };
      if (request.method !== "POST") {
        probes.push(received);
        response.writeHead(200).end();
        return;
      }
      posts.push(received);
      const answer = answers.shift() ?? 200;
      for (const look of waiting) look();
      respond(response, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: (path = "/in") => `http://127.0.0.1:${port}${path}`,
    posts,
    probes,
    answers,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (posts.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Polls until the condition is true; fails after `seconds`. */
export async function eventually(isSo: () => Promise<boolean>, seconds = 45): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A process that only runs the delivery worker, ready when this resolves; for tests that kill it. */
export async function aWorkerProcess(
  databaseUrl: string,
  more: Record<string, string> = {},
): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("./worker-process.ts", import.meta.url));
  const own = { DATABASE_URL: databaseUrl, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" };
  const env = { ...process.env, ...testKeys, ...own, ...more };
  const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}
