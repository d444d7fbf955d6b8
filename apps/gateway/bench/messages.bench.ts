/** Benchmarks the message path: acceptance against bare commits, accept to delivered, and a backlog. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { envelopeIdOf, startBenchReceiver } from "./bench-receiver.ts";
import { type BenchGateway, startBenchGateway } from "./gateway-of.ts";
import { ask, run } from "./load-client.ts";
import { mailboxGln, makeWorld, newMessage, postOf, type World, webhookGln } from "./messages-world.ts";
import { processorSeconds } from "./processor-time.ts";

const quick = process.argv.includes("--quick");
const clients = 32;
const rounds = quick ? 3 : 7;
const perRound = quick ? 1500 : 10_000;
const paced = quick ? 200 : 2000;
const waitingMarks = quick ? [1000, 3000, 5000] : [10_000, 50_000, 100_000];

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const at = (values: readonly number[], share: number) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const whole = (value: number) => Math.round(value).toLocaleString("en");

async function acceptAll(gateway: BenchGateway, key: string, messages: readonly Buffer[]): Promise<number> {
  const posts = messages.map((message) => postOf(message, key));
  let next = 0;
  return await run(gateway.address, clients, posts.length, () => posts[next++] as Buffer, "202");
}

type Round = { seconds: number; processor: number };

/** Wall time of some work, and the processor time that these processes spent on it. */
async function timed(pids: readonly number[], work: () => Promise<unknown>): Promise<Round> {
  const used = () => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
  const [before, started] = [used(), performance.now()];
  await work();
  return { seconds: (performance.now() - started) / 1000, processor: used() - before };
}

async function acceptance(world: World, gateway: BenchGateway): Promise<void> {
  const bare = fork(fileURLToPath(new URL("bare-commits.ts", import.meta.url)));
  const ratios: number[] = [];
  const processorRatios: number[] = [];
  // The first round is a warm-up and is not counted.
  for (let round = -1; round < rounds; round += 1) {
    const messages = Array.from({ length: perRound }, () => newMessage(mailboxGln));
    const taken = await timed([gateway.pid, world.pid], () => acceptAll(gateway, world.key, messages));
    bare.send({ url: world.url, clients, messages: messages.map((message) => message.toString("latin1")) });
    const committed = await timed([bare.pid ?? 0, world.pid], () => once(bare, "message"));
    if (round < 0) continue;
    ratios.push(committed.seconds / taken.seconds);
    processorRatios.push(committed.processor / taken.processor);
    const told = ({ seconds, processor }: Round) =>
      `${whole(perRound / seconds)}/s, ${whole((processor / perRound) * 1e6)} µs of processor time each`;
    console.log(`accepted over HTTP with ${clients} clients: ${told(taken)}`);
    console.log(`bare commits with ${clients} connections: ${told(committed)}`);
  }
  bare.disconnect();
  console.log(`accepted to bare commits: ${at(ratios, 0.5).toFixed(2)} (aim: at least 0.5)`);
  console.log(`the same by processor time: ${at(processorRatios, 0.5).toFixed(2)}`);
}

async function acceptToDelivered(world: World, gateway: BenchGateway): Promise<void> {
  const receiver = await startBenchReceiver();
  await world.setWebhook(`http://127.0.0.1:${receiver.port}/in`);
  const accepted = new Map<string, number>();
  for (let sent = 0; sent < paced; sent += 1) {
    const message = newMessage(webhookGln);
    const { status } = await ask(gateway.address, postOf(message, world.key));
    if (status !== 202) throw new Error(`answered ${status}`);
    accepted.set(envelopeIdOf(message), performance.now());
    await pause(10);
  }
  await receiver.until(paced);
  const waits = [...accepted].map(([id, from]) =>
    Math.max(0, (receiver.arrivals.get(id) ?? Number.NaN) - from),
  );
  const [p50, p99] = [at(waits, 0.5), at(waits, 0.99)];
  console.log(
    `accepted to delivered: p50 ${whole(p50)} ms, p95 ${whole(at(waits, 0.95))} ms, p99 ${whole(p99)} ms over ${whole(paced)} messages one by one (aim: p95 at most 2,000 ms)`,
  );
  await receiver.stop();
}

async function waiting(world: World, gateway: BenchGateway): Promise<void> {
  const gone = await startBenchReceiver();
  await gone.stop();
  await world.setWebhook(`http://127.0.0.1:${gone.port}/in`);
  const memory: number[] = [];
  let sent = 0;
  for (const mark of waitingMarks) {
    while (sent < mark) {
      const count = Math.min(1000, mark - sent);
      await acceptAll(
        gateway,
        world.key,
        Array.from({ length: count }, () => newMessage(webhookGln)),
      );
      sent += count;
    }
    memory.push(gateway.memoryBytes());
    console.log(`${whole(mark)} wait for a dead endpoint: ${whole((memory.at(-1) ?? 0) / 1e6)} MB resident`);
  }
  const [first = Number.NaN] = memory;
  const last = memory.at(-1) ?? Number.NaN;
  console.log(`memory at the last mark to the first: ${(last / first).toFixed(2)} (aim: flat, at most 1.2)`);
  const started = performance.now();
  const back = await startBenchReceiver(gone.port);
  await back.until(sent);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `delivered when it returned: ${whole(sent)} in ${seconds.toFixed(0)} s, ${whole(sent / seconds)}/s`,
  );
  await back.stop();
}

const world = await makeWorld();
// Retry a dead endpoint sooner than in production, so that the benchmark ends.
const gateway = await startBenchGateway({
  DATABASE_URL: world.url,
  DATA_DIR: world.folder,
  RETRY_FIRST_SECONDS: "1",
  RETRY_LONGEST_SECONDS: "5",
  BREAKER_SECONDS: "5",
});
try {
  await acceptance(world, gateway);
  await acceptToDelivered(world, gateway);
  await waiting(world, gateway);
} finally {
  await gateway.end();
  await world.stop();
}
