import { eq, sql } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { type EndpointRow, requireOpen } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { provePayloadStore } from "../messages/index.ts";
import { askEndpoint, type EndpointAnswer, type EndpointQuestion } from "./ask-endpoint.ts";
import { recordProbe } from "./record-probe.ts";
import type { EndpointTest } from "./schemas.ts";
import { endpointChecks } from "./tables.ts";
import { testEvent } from "./test-event.ts";

/** What a test found. */
export type TestedEndpoint = EndpointAnswer & { at: Date };

type HowToAsk = Pick<EndpointQuestion, "privateHosts" | "resolve" | "trusted"> & {
  /** Writes to a folder and takes it away again; gives why it could not. Without it only the store is tried. */
  tryFolder?: (folder: { supplierId: string; path: string }) => Promise<{ fault: string | null }>;
};

const secondsBetweenTests = 10;
export const testTimeoutSeconds = 10;

/**
 * Tests an endpoint now and stores what was found as a probe: a webhook is sent an event that is marked as a test (or asked
 * less), of a mailbox it is shown that its store keeps what it is given, a folder is written to. At most ten seconds; `too-many` within ten seconds
 * of the test before, over all processes; `gone` for a closed one. A paused one may be tested.
 */
export async function testEndpoint(
  ctx: Context,
  input: { id: string } & EndpointTest & HowToAsk,
): Promise<TestedEndpoint> {
  const { endpoint, kept } = await begin(ctx, input.id);
  const { id, address, transport } = endpoint;
  const answer =
    transport === "webhook" && address !== null
      ? await askEndpoint(questionOf(ctx, endpoint, address, input))
      : transport === "folder" && address !== null && input.tryFolder
        ? await folderAnswer(input.tryFolder({ supplierId: endpoint.supplierId, path: address }))
        : mailboxAnswer(kept);
  await recordProbe(ctx, { endpointId: id, address, origin: "test", answer });
  return { ...answer, at: ctx.now };
}

type Begun = { endpoint: EndpointRow; kept: { isSame: boolean; milliseconds: number } };

async function begin(ctx: Context, id: string): Promise<Begun> {
  let endpoint: EndpointRow | undefined;
  const subject = async (tx: Transaction) => {
    [endpoint] = await tx.select().from(endpoints).where(eq(endpoints.id, id));
    if (!endpoint) throw new DomainError("not-found", "There is no such endpoint.", { endpointId: id });
    return { type: "endpoint", id, supplierId: endpoint.supplierId } as const;
  };
  return await change(ctx, { action: "endpoint.edit", subject }, async (tx) => {
    if (!endpoint) throw new Error("the endpoint was not loaded");
    requireOpen(endpoint);
    await takeTurn(tx, ctx.now, id);
    const started = performance.now();
    const text = Buffer.from(`a test of endpoint ${id}, ${newId()}`);
    const isSame = endpoint.transport === "webhook" || (await provePayloadStore(tx, text, ctx.now));
    const kept = { isSame, milliseconds: Math.round(performance.now() - started) };
    return { result: { endpoint, kept }, entries: [] };
  });
}

async function takeTurn(tx: Transaction, now: Date, endpointId: string): Promise<void> {
  const before = new Date(now.getTime() - secondsBetweenTests * 1000);
  const isLongAgo = sql`(${endpointChecks.testedAt} is null or ${endpointChecks.testedAt} <= ${before})`;
  const taken = await tx
    .insert(endpointChecks)
    .values({ endpointId, nextProbeAt: now, testedAt: now })
    .onConflictDoUpdate({
      target: endpointChecks.endpointId,
      set: { testedAt: now },
      setWhere: isLongAgo,
    })
    .returning({ id: endpointChecks.endpointId });
  if (taken.length > 0) return;
  throw new DomainError("too-many", "The endpoint was tested a moment ago.", {
    retryAfterSeconds: secondsBetweenTests,
  });
}

function questionOf(
  ctx: Context,
  endpoint: EndpointRow,
  address: string,
  { method, privateHosts, resolve, trusted }: EndpointTest & HowToAsk,
): EndpointQuestion {
  const { id, signingSecrets } = endpoint;
  const event =
    method === "test-event"
      ? testEvent({ id: newId(), endpointId: id, signingSecrets, now: ctx.now })
      : undefined;
  const timeoutMilliseconds = testTimeoutSeconds * 1000;
  return { address, method, event, privateHosts, timeoutMilliseconds, resolve, trusted };
}

const mailboxAnswer = ({ isSame, milliseconds }: Begun["kept"]) =>
  localAnswer("mailbox", isSame ? null : "store", milliseconds, null);

async function folderAnswer(trying: Promise<{ fault: string | null }>): Promise<EndpointAnswer> {
  const started = performance.now();
  const { fault } = await trying;
  const milliseconds = Math.round(performance.now() - started);
  return localAnswer("folder", fault === null ? null : "folder", milliseconds, fault);
}

/** What was found without a network; `excerpt` says more of a fault, in a code. */
function localAnswer(
  method: "mailbox" | "folder",
  fault: "store" | "folder" | null,
  milliseconds: number,
  excerpt: string | null,
): EndpointAnswer {
  return {
    isUp: fault === null,
    latencyMilliseconds: milliseconds,
    detail: {
      method,
      fault,
      address: null,
      addresses: 0,
      milliseconds: { name: null, connection: null, handshake: null, answer: milliseconds },
      tls: null,
      status: null,
      signature: null,
      excerpt,
    },
  };
}
