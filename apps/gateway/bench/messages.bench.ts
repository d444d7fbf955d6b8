/** Measures the message path: acceptance against bare commits, accept to delivered, and a queue that waits. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startBenchGateway } from "./gateway-of.ts";
import { run } from "./load-client.ts";
import { mailboxGln, makeWorld, newLetter, postOf } from "./messages-world.ts";

const quick = process.argv.includes("--quick");
const clients = 32;
const rounds = quick ? 3 : 7;
const perRound = quick ? 1000 : 10_000;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const whole = (value: number) => Math.round(value).toLocaleString("en");

async function acceptance(): Promise<void> {
  const world = await makeWorld();
  const gateway = await startBenchGateway({ DATABASE_URL: world.url, DATA_DIR: world.folder });
  const bare = fork(fileURLToPath(new URL("bare-commits.ts", import.meta.url)));
  const [accepted, committed]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round += 1) {
    const letters = Array.from({ length: perRound }, () => newLetter(mailboxGln));
    const posts = letters.map((letter) => postOf(letter, world.key));
    let at = 0;
    const seconds = await run(gateway.address, clients, perRound, () => posts[at++] as Buffer, "202");
    bare.send({ url: world.url, clients, letters: letters.map((letter) => letter.toString("latin1")) });
    const [bareSeconds] = (await once(bare, "message")) as [number];
    if (round < 0) continue;
    accepted.push(perRound / seconds);
    committed.push(perRound / bareSeconds);
    console.log(`accepted ${whole(perRound / seconds)}/s, bare commits ${whole(perRound / bareSeconds)}/s`);
  }
  const ratio = median(accepted.map((rate, i) => rate / (committed[i] as number)));
  console.log(`accepted to bare commits: ${ratio.toFixed(2)} (aim: at least 0.5)`);
  bare.disconnect();
  await gateway.end();
  await world.stop();
}

await acceptance();
