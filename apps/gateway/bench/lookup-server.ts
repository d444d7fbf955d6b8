/** One server under measurement; its parent says which kind to run. Reports its own processor time. */
import { createServer, type Server } from "node:http";
import { openDatabase } from "@sor/core";
import { loadRoutingTable, type RoutingTable } from "@sor/core/routing";
import pino from "pino";
import type { Deps } from "../src/app-env.ts";
import { readConfig } from "../src/config.ts";
import { createMetrics } from "../src/metrics/index.ts";
import { createGatewayServer, listen } from "../src/server.ts";
import { syntheticTable } from "./synthetic.ts";

export type Order =
  | { kind: "bare"; head: string[]; body: string }
  | { kind: "gateway"; pairs: number; logging: "info" | "silent" }
  | { kind: "postgres"; url: string };
export type Report = {
  address: string;
  loadMilliseconds: number;
  tableBytes: number;
  memoryBytes: number;
  pairs: number;
};

const database = "postgres://nobody@127.0.0.1:1/none";

function gatewayServer(table: RoutingTable, logging: "info" | "silent"): Server {
  const out = pino.destination({ dest: "/dev/null", minLength: 4096, sync: false });
  const state = {
    source: "database",
    sequence: table.sequence,
    freshAt: new Date(),
    isConnected: true,
    problem: null,
    savedAt: null,
  } as const;
  const deps: Deps = {
    config: readConfig({ DATABASE_URL: database, RATE_LIMIT_PER_MINUTE: "1000000000" }),
    db: openDatabase(database),
    routing: {
      table,
      state: () => state,
      look: async () => {},
      verify: async () => {},
      stop: async () => {},
    },
    metrics: createMetrics(),
    refusals: { interchanges: 0 },
    log: pino({ level: logging }, out),
    clock: () => new Date(),
    announce: () => {},
    findKey: async () => ({ state: "unknown" }),
  };
  return createGatewayServer(deps);
}

function bareServer({ head, body }: Extract<Order, { kind: "bare" }>): Server {
  return createServer((_, res) => {
    res.writeHead(200, head);
    res.end(body);
  });
}

const query = {
  name: "route",
  text: `select r.gln, r.message_type, r.version, r.format, r.valid_from, r.valid_to, e.id, e.name, e.transport,
      e.address, e.mime_types, e.state, e.paused_until, e.last_verified_at, y.id as system_id, y.name as system_name,
      y.version as system_version, s.id as supplier_id, s.name as supplier_name, o.code, o.name as operator_name,
      (select sequence from journal_head) as sequence
    from registrations r
    join endpoints e on e.id = r.endpoint_id
    join location_versions l on l.gln = r.gln and l.superseded_at is null and l.valid_from <= now()
      and (l.valid_to is null or l.valid_to > now()) and not l.non_active
    left join systems y on y.id = l.system_id
    left join suppliers s on s.id = l.supplier_id
    left join net_operators o on o.code = l.net_operator_code
    where r.gln = $1 and r.message_type = $2 and r.superseded_at is null and r.direction = 'receive'
      and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now()) and e.state <> 'closed'
    order by r.version desc limit 1`,
};

function postgresServer(url: string): Server {
  const { $client: pool } = openDatabase(url);
  return createServer((req, res) => {
    const [, , , gln, messageType] = (req.url ?? "").split("/");
    pool.query({ ...query, values: [gln, messageType] }).then(
      ({ rows }) => {
        const body = JSON.stringify(rows[0] ?? null);
        const length = String(Buffer.byteLength(body));
        res.writeHead(rows[0] ? 200 : 404, ["Content-Type", "application/json", "Content-Length", length]);
        res.end(body);
      },
      (error: unknown) => {
        res.writeHead(500, ["Content-Length", "0"]);
        res.end();
        throw error;
      },
    );
  });
}

async function serve(order: Order): Promise<Report> {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const started = performance.now();
  const table = order.kind === "gateway" ? syntheticTable(order.pairs) : undefined;
  const loadMilliseconds = performance.now() - started;
  globalThis.gc?.();
  const after = process.memoryUsage();
  const server =
    order.kind === "bare"
      ? bareServer(order)
      : order.kind === "postgres"
        ? postgresServer(order.url)
        : gatewayServer(table as RoutingTable, order.logging);
  return {
    address: await listen(server, 0, "127.0.0.1"),
    loadMilliseconds,
    tableBytes: table?.bytes ?? 0,
    memoryBytes: after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers,
    pairs: table?.pairCount ?? 0,
  };
}

async function load(url: string): Promise<{ milliseconds: number; pairs: number; peakBytes: number }> {
  const db = openDatabase(url, { statementTimeoutSeconds: 600 });
  const started = performance.now();
  const { table } = await loadRoutingTable(db);
  const milliseconds = performance.now() - started;
  await db.$client.end();
  return { milliseconds, pairs: table.pairCount, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

process.on("message", (told: Order | "cpu" | { load: string }) => {
  const answer =
    told === "cpu" ? Promise.resolve(process.cpuUsage()) : "load" in told ? load(told.load) : serve(told);
  answer.then(
    (value) => process.send?.(value),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
