import { createServer } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase, openDatabase } from "./connect.ts";
import { type EmbeddedPostgres, startThrowawayPostgres } from "./embedded-postgres.ts";
import { listenTo } from "./listen.ts";
import { isDatabaseAway } from "./sql-errors.ts";

let servers: EmbeddedPostgres[];
let several: string;

beforeAll(async () => {
  servers = await Promise.all([startThrowawayPostgres(), startThrowawayPostgres()]);
  for (const { url } of servers) await asOwner(url, "create role program login superuser password 'word'");
  // Answers nothing: a server that is cut off from the network.
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { port: number };
  silent.unref();
  const hosts = servers.map(({ url }) => new URL(url).host).join(",");
  several = `postgresql://program:word@127.0.0.1:${port},${hosts}/sor`;
});
afterAll(() => Promise.all(servers.map(({ stop }) => stop())));

async function asOwner(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function setReadOnly(url: string, wanted: "on" | "off"): Promise<void> {
  await asOwner(url, `alter system set default_transaction_read_only = ${wanted}`, "select pg_reload_conf()");
  const holds = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query("show default_transaction_read_only");
    await client.end();
    return rows[0].default_transaction_read_only as string;
  };
  await expect.poll(holds).toBe(wanted);
}

/** Makes one server accept writes and the other not, as after a failover: the connections of programs are ended. */
async function makePrimary(primary: number): Promise<void> {
  for (const [at, { url }] of servers.entries()) await setReadOnly(url, at === primary ? "off" : "on");
  for (const { url } of servers) {
    await asOwner(url, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'program'");
  }
}

const portOf = (at: number) => new URL(servers[at]?.url ?? "").port;

test("of several servers the one that accepts writes is used, also after a failover, by pool and listener", async () => {
  await makePrimary(0);
  const db = openDatabase(several);
  const port = async () => (await db.$client.query("show port")).rows[0].port as string;
  const connected: (() => void)[] = [];
  const notices: string[] = [];
  const next = () => new Promise<void>((resolve) => connected.push(resolve));
  const first = next();
  const listener = listenTo(several, "news", {
    notice: (payload) => notices.push(payload),
    connected: () => connected.shift()?.(),
    lost: () => undefined,
  });
  await first;
  expect(await port()).toBe(portOf(0));
  const again = next();
  await makePrimary(1);
  await expect.poll(() => port().catch(String)).toBe(portOf(1));
  await again;
  await db.$client.query("create table proof (id integer)");
  await db.$client.query("notify news, 'after'");
  await expect.poll(() => notices).toEqual(["after"]);
  await listener.stop();
  await closeDatabase(db);
});

test("with no server that accepts writes the failure is that the database is away, without address or password", async () => {
  await setReadOnly(servers[1]?.url ?? "", "on");
  const db = openDatabase(several);
  const error = await db.$client.query("select 1").catch((fault: unknown) => fault);
  expect(isDatabaseAway(error)).toBe(true);
  expect(String(error)).not.toMatch(/word|127/);
  const any = openDatabase(`${several}?target_session_attrs=any`);
  expect((await any.$client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await Promise.all([closeDatabase(db), closeDatabase(any)]);
});
