import type { Context } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { type EndpointRow, secretsInForce } from "../endpoints/index.ts";
import { DomainError } from "../errors.ts";
import { provePayloadStore } from "../retention/index.ts";
import { askEndpoint, type EndpointAnswer, type EndpointQuestion } from "./ask-endpoint.ts";
import { beginTest } from "./begin-test.ts";
import { folderAnswer, mailboxAnswer } from "./local-answer.ts";
import { recordProbe } from "./record-probe.ts";
import type { EndpointTest } from "./schemas.ts";
import { testEvent } from "./test-event.ts";

/** The result of a test. */
export type TestedEndpoint = EndpointAnswer & { at: Date };

type HowToAsk = Pick<EndpointQuestion, "privateHosts" | "resolve" | "trusted"> & {
  /** Probed instead of the endpoint's current address, before a change to it; the result is not stored. */
  newAddress?: string | undefined;
  /** Writes a file to a folder and removes it; returns why it failed. Only a gateway can. */
  tryFolder?: (folder: { supplierId: string; path: string }) => Promise<{ fault: string | null }>;
};

export const testTimeoutSeconds = 10;

/**
 * Tests an endpoint now and stores the result as a probe: a webhook gets an event marked as a test (or a lesser request), a
 * mailbox's store is written and read back, a folder is written to; without `tryFolder` that throws `invalid`, and a gateway has
 * to do it (`orderFolderTest`). Takes at most ten seconds; `too-many` within ten seconds of the previous test by any process;
 * `gone` for a closed endpoint. A paused one may be tested. With `newAddress` that webhook is probed instead, as deliveries would
 * be sent after the change, and nothing is stored.
 */
export async function testEndpoint(
  ctx: Context,
  input: { id: string } & EndpointTest & HowToAsk,
): Promise<TestedEndpoint> {
  const begun = await beginTest(ctx, input.id, async (tx, endpoint) => {
    if (input.newAddress !== undefined)
      return { endpoint: asWebhook(endpoint, input.newAddress), kept: notKept };
    if (endpoint.transport === "folder" && !input.tryFolder) throw onlyGateways();
    return { endpoint, kept: await proveStore(tx, endpoint, ctx.now) };
  });
  const answer = await findAnswer(ctx, begun, input);
  if (input.newAddress !== undefined) return { ...answer, at: ctx.now };
  const { id: endpointId, address } = begun.endpoint;
  await recordProbe(ctx, { endpointId, address, origin: "test", answer });
  return { ...answer, at: ctx.now };
}

async function findAnswer(
  ctx: Context,
  { endpoint, kept }: Begun,
  how: EndpointTest & HowToAsk,
): Promise<EndpointAnswer> {
  const { address, transport, supplierId } = endpoint;
  if (address === null) return mailboxAnswer(kept);
  if (transport === "webhook") return await askEndpoint(questionOf(ctx, endpoint, address, how));
  if (!how.tryFolder) throw onlyGateways();
  return await folderAnswer(how.tryFolder({ supplierId, path: address }));
}

const notKept = { isSame: false, milliseconds: 0 };
const asWebhook = (endpoint: EndpointRow, address: string): EndpointRow => ({
  ...endpoint,
  transport: "webhook",
  address,
});

type Begun = { endpoint: EndpointRow; kept: { isSame: boolean; milliseconds: number } };

const onlyGateways = () => new DomainError("invalid", "folder-needs-gateway", { fault: "folder" });

async function proveStore(
  tx: Transaction,
  { id, transport }: EndpointRow,
  now: Date,
): Promise<Begun["kept"]> {
  const started = performance.now();
  const text = Buffer.from(`a test of endpoint ${id}, ${newId()}`);
  const isSame = transport !== "mailbox" || (await provePayloadStore(tx, text, now));
  return { isSame, milliseconds: Math.round(performance.now() - started) };
}

function questionOf(
  ctx: Context,
  endpoint: EndpointRow,
  address: string,
  { method, privateHosts, resolve, trusted }: EndpointTest & HowToAsk,
): EndpointQuestion {
  const { id, secrets } = endpoint;
  const signingSecrets = secretsInForce(secrets, ctx.now);
  const event =
    method === "test-event"
      ? testEvent({ id: newId(), endpointId: id, signingSecrets, now: ctx.now })
      : undefined;
  const timeoutMilliseconds = testTimeoutSeconds * 1000;
  return { address, method, event, privateHosts, timeoutMilliseconds, resolve, trusted };
}
