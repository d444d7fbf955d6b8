/** Commits single rows of bytes with the same driver as fast as it can: the baseline that acceptance is compared with. */
import { openDatabase } from "@sor/core";

type BareOrder = { url: string; clients: number; messages: string[] };

async function commitAll({ url, clients, messages }: BareOrder): Promise<number> {
  const { $client: pool } = openDatabase(url, { connectionsMax: clients });
  await pool.query(
    "create table if not exists bench_bare (id bigint generated always as identity primary key, bytes bytea)",
  );
  await Promise.all(Array.from({ length: clients }, () => pool.query("select pg_sleep(0.01)")));
  const bytes = messages.map((message) => Buffer.from(message, "latin1"));
  const statement = { name: "bare", text: "insert into bench_bare (bytes) values ($1)" };
  let at = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let next = bytes[at++]; next; next = bytes[at++])
        await pool.query({ ...statement, values: [next] });
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  await pool.end();
  return seconds;
}

process.on("message", (order: BareOrder) => {
  commitAll(order).then(
    (seconds) => process.send?.(seconds),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
