import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import type { Config } from "./config.ts";
import { exampleMessage } from "./example-message.ts";

/** What of `demo-accounts.json` is about the gateway. */
export const DemoGateway = z.object({
  gateway: z.object({
    keys: z.array(z.object({ key: z.string(), sendsFrom: z.array(z.string()) })),
    example: z.object({
      sender: z.string(),
      receiver: z.string(),
      messageType: z.string(),
      version: z.string(),
    }),
  }),
});

function lookup(config: Config, receiver: string, messageType: string): string {
  return `curl -s "${config.gatewayUrl}/v1/routes/${receiver}/${messageType}"`;
}

/** The first steps for a newcomer: where the demo accounts are, one lookup, one message to post (written here). */
export async function demoGreeting(config: Config, now: Date): Promise<string[]> {
  const accountsPath = join(config.dataDir, "demo-accounts.json");
  if (!config.isDemo || !existsSync(accountsPath)) return [];
  const { gateway } = DemoGateway.parse(JSON.parse(await readFile(accountsPath, "utf8")));
  const { example } = gateway;
  const key = gateway.keys.find(({ sendsFrom }) => sendsFrom.includes(example.sender));
  if (!key) throw new Error(`${accountsPath} has no key that may send from ${example.sender}.`);
  const messagePath = join(config.dataDir, "example.edi");
  await writeFile(messagePath, exampleMessage(example, now));
  const shown = (path: string) => relative(process.cwd(), path) || path;
  return [
    "",
    `Demo accounts and keys:  ${shown(accountsPath)}  (all organisations and persons are invented)`,
    "",
    "Ask where a message goes:",
    `  ${lookup(config, example.receiver, example.messageType)}`,
    "Send one:",
    `  curl -s -H "Authorization: Bearer ${key.key}" -H "Content-Type: application/edifact" \\`,
    `    --data-binary @${shown(messagePath)} ${config.gatewayUrl}/v1/interchanges`,
    ...(process.env.SMTP_URL || process.env.DEMO_PUBLIC === "1"
      ? []
      : ["", `Mail that would be sent:  ${config.portalOrigin}/demo/post`]),
  ];
}
