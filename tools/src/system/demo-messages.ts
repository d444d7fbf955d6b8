import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { localAddress } from "@sor/core";
import { z } from "zod";
import type { Config } from "./config.ts";
import { exampleMessage } from "./example-message.ts";
import { DemoGateway } from "./greeting.ts";

const messages = 6;
const fetchedByReceiver = 2;
const readySecondsMax = 30;
const minute = 60_000;
const Mailbox = z.object({ items: z.array(z.object({ id: z.string() })) });

async function untilReady(gateway: string): Promise<void> {
  for (let tries = 0; tries < readySecondsMax * 10; tries += 1) {
    if ((await fetch(`${gateway}/readyz?purpose=intake`)).ok) return;
    await pause(100);
  }
  throw new Error(`The gateway was not ready to accept messages after ${readySecondsMax} seconds.`);
}

/**
 * Sends the first messages of a demo through the gateway, once: some that the receiver has fetched, some that wait, one sent twice and
 * one of a type that the receiver does not take. So the portal's list of messages has each kind. Throws when the gateway refuses them.
 */
export async function sendDemoMessages(config: Config, now: Date): Promise<void> {
  const sent = join(config.dataDir, "demo-messages-sent");
  const accounts = join(config.dataDir, "demo-accounts.json");
  if (!config.isDemo || existsSync(sent) || !existsSync(accounts)) return;
  const gateway = localAddress(config.host, config.gatewayPort);
  const { keys, example } = DemoGateway.parse(JSON.parse(await readFile(accounts, "utf8"))).gateway;
  const call = async (
    gln: string,
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type = "application/json",
  ) => {
    const key = keys.find(({ sendsFrom }) => sendsFrom.includes(gln))?.key ?? "";
    const headers = { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": type }) };
    const answer = await fetch(gateway + path, { method, headers, ...(body !== undefined && { body }) });
    if (!answer.ok)
      throw new Error(`${method} ${path} of the demo's messages was answered ${answer.status}.`);
    return await answer.json();
  };
  const send = (messageType: string, version: string, minutesAgo: number) =>
    call(
      example.sender,
      "POST",
      "/v1/interchanges",
      exampleMessage({ ...example, messageType, version }, new Date(now.getTime() - minutesAgo * minute)),
      "application/edifact",
    );
  await untilReady(gateway);
  for (let each = 1; each <= messages; each += 1) await send(example.messageType, example.version, each);
  await send(example.messageType, example.version, 1);
  await send("DIS99", example.version, messages + 1);
  const mailbox = `/v1/mailboxes/${example.receiver}/messages`;
  const { items } = Mailbox.parse(
    await call(example.receiver, "GET", `${mailbox}?visibilityTimeoutSeconds=0`),
  );
  const ids = items.slice(0, fetchedByReceiver).map(({ id }) => id);
  await call(example.receiver, "POST", `${mailbox}/$ack`, JSON.stringify({ ids }));
  await writeFile(sent, "");
}
