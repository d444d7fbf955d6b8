import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { createRandom } from "@sor/core/demo";
import { askUntilAnswered, type CarefulClient, problemCode, type Reply } from "./careful-client.ts";
import type { Answer, Submission, Thread, World } from "./parts.ts";

type Taken = { id?: string; messages?: { id: string; reference: string }[] };

export function answerOf(
  number: number,
  { reply, milliseconds, tries }: Awaited<ReturnType<typeof askUntilAnswered>>,
): Answer {
  const isTaken = reply.status === 202;
  const body = isTaken ? (JSON.parse(reply.body.toString()) as Taken) : {};
  return {
    number,
    status: reply.status,
    code: isTaken ? null : codeOf(reply),
    interchangeId: body.id ?? null,
    messages: (body.messages ?? []).map(({ id, reference }) => ({ id, reference })),
    at: Date.now(),
    milliseconds,
    tries,
  };
}

const codeOf = (reply: Reply) => (reply.status >= 400 ? problemCode(reply) : null);

async function send(client: CarefulClient, key: string, submission: Submission): Promise<Answer> {
  const { bytes, idempotencyKey, isCompressed } = submission;
  const answered = await askUntilAnswered(client, {
    method: "POST",
    path: "/v1/interchanges",
    key,
    body: isCompressed ? gzipSync(bytes) : bytes,
    headers: {
      "content-type": "application/EDIFACT",
      ...(isCompressed && { "content-encoding": "gzip" }),
      ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
    },
  });
  return answerOf(submission.number, answered);
}

type Sending = {
  world: World;
  threads: readonly Thread[];
  /** The time over which the threads are spread. */
  seconds: number;
  /** Most concurrent threads. */
  lanes: number;
  signal: AbortSignal;
  /** Called after every answer, with the fraction of threads that are done. */
  progress: (share: number) => void;
};

/** Sends every thread at its time, each submission until its answer is final. Returns the answers by number. */
export async function sendAll(sending: Sending): Promise<Map<number, Answer>> {
  const { world, threads, signal } = sending;
  const keys = new Map(world.senders.map(({ gln, key }) => [gln, key]));
  const answers = new Map<number, Answer>();
  const started = Date.now();
  let next = 0;
  let done = 0;
  const lane = async (number: number) => {
    const random = createRandom(world.seed * 1000 + number);
    const client: CarefulClient = {
      gateways: world.gateways,
      random,
      patienceSeconds: 10,
      haste: 0.03,
      signal,
    };
    for (let at = next++; at < threads.length; at = next++) {
      const { isAtOnce, submissions } = threads[at] as Thread;
      const due = started + (at / threads.length) * sending.seconds * 1000;
      await pause(Math.max(0, due - Date.now()), undefined, { signal });
      const one = async (submission: Submission) => {
        const answer = await send(client, keys.get(submission.sender) ?? "", submission);
        answers.set(submission.number, answer);
      };
      if (isAtOnce) await Promise.all(submissions.map(one));
      else for (const submission of submissions) await one(submission);
      done += 1;
      sending.progress(done / threads.length);
    }
  };
  await Promise.all(Array.from({ length: sending.lanes }, (_, number) => lane(number)));
  return answers;
}
