import { createHash, createHmac } from "node:crypto";
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { readText } from "../messages/edifact-text.ts";
import type { Party, World } from "../parts.ts";
import type { Ledger } from "./ledger.ts";
import { chanceOf, type Manner, mannerOf } from "./misbehave.ts";

type Webhooks = {
  world: World;
  ledger: Ledger;
  /** Called with messages that a party received for the first time, before or after the post is answered. */
  taken: (party: Party, body: Buffer, when: "before-answer" | "after-answer") => void;
  /** Whether failures have been turned off. */
  isHealed: () => boolean;
};

/** Whether the body matches its signature (Standard Webhooks) and digest (RFC 9530). */
function isGenuine(headers: http.IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const digest = createHash("sha256").update(body).digest("base64");
  if (headers["content-digest"] !== `sha-256=:${digest}:`) return false;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`;
  const signature = createHmac("sha256", key).update(signed).update(body).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${signature}`);
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const slowMilliseconds = 700;

async function answer(response: http.ServerResponse, manner: Manner): Promise<void> {
  const { socket } = response;
  switch (manner) {
    case "take":
      response.writeHead(200).end("taken");
      return;
    case "take-slowly":
      await pause(slowMilliseconds);
      response.writeHead(202).end();
      return;
    case "take-then-drop":
    case "reset":
      socket?.resetAndDestroy();
      return;
    case "take-then-drop-midway":
      response.writeHead(200, { "content-length": "1000" });
      response.write("take", () => socket?.destroy());
      return;
    case "hang":
      return;
    case "answer-500":
      response.writeHead(500).end("no");
      return;
    case "answer-503":
      response.writeHead(503, { "retry-after": "1" }).end();
      return;
    case "refuse-for-good":
      response.writeHead(410).end();
  }
}

/** Answers one post to the party of its path as its behaviour says. */
async function treat(webhooks: Webhooks, request: http.IncomingMessage, response: http.ServerResponse) {
  // A probe of the gateway; it delivers nothing.
  if (request.method !== "POST") return response.writeHead(204).end();
  const { world, ledger } = webhooks;
  const name = (request.url ?? "").slice(1).split("/")[0] ?? "";
  const party = [...world.receivers, ...world.senders].find((one) => one.name === name);
  const deliveryId = String(request.headers["webhook-id"]);
  if (!party) {
    ledger.write({ kind: "fault", what: `a post to ${name}`, deliveryId });
    return response.writeHead(404).end();
  }
  const failing = webhooks.isHealed() ? 0 : world.failing;
  const attempt = `${world.seed} ${deliveryId} ${request.headers["sor-attempt"]}`;
  if (chanceOf(attempt) < failing * 0.1) {
    ledger.write({ kind: "failed", how: "reset-unread", deliveryId });
    return request.socket.resetAndDestroy();
  }
  const body = await readBody(request);
  const { envelope, receipts } = readText(body);
  const isWelcome = ledger.isKnown(party.name, deliveryId) || receipts.length > 0;
  const times = ledger.count(party.name, envelope);
  const manner = mannerOf({ seed: world.seed, envelope, times, isWelcome, failing });
  if (!isGenuine(request.headers, body, world.signingSecret)) {
    ledger.write({ kind: "fault", what: "a wrong signature or digest", deliveryId });
  }
  if (!manner.startsWith("take")) {
    ledger.write({ kind: "failed", how: manner, deliveryId });
    return answer(response, manner);
  }
  const { isRepeat } = ledger.take(party.name, deliveryId, body);
  if (manner !== "take" && manner !== "take-slowly")
    ledger.write({ kind: "failed", how: manner, deliveryId });
  if (!isRepeat) webhooks.taken(party, body, "before-answer");
  await answer(response, manner);
  if (!isRepeat) webhooks.taken(party, body, "after-answer");
}

/** A webhook server. An aborted request is left to the sender: it is sent again. */
export function createWebhookServer(webhooks: Webhooks): http.Server {
  return http.createServer((request, response) => {
    treat(webhooks, request, response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") throw error;
    });
  });
}

export const listenOn = (server: http.Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });

/** Closes and reopens a server repeatedly, so that it refuses connections at times, until failures are turned off. */
export async function openAndClose(
  server: http.Server,
  port: number,
  isHealed: () => boolean,
): Promise<void> {
  await listenOn(server, port);
  while (!isHealed()) {
    await pause(3000);
    if (isHealed()) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await pause(2000);
    await listenOn(server, port);
  }
}
