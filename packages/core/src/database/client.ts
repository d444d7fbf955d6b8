import pg from "pg";
import { type DatabaseHost, type DatabaseHosts, readDatabaseUrl } from "./hosts.ts";

const probeMilliseconds = 3000;

/** The driver reads one host; the others are tried by a client of our own. */
function hostsOf(url: string): DatabaseHosts {
  const read = readDatabaseUrl(url);
  if (!read) throw new Error("The address of the database is not one that PostgreSQL's clients read.");
  return read;
}

/** Connects to one server and asks whether it accepts writes, as libpq does for `target_session_attrs`. */
async function probe({ url, wanted }: DatabaseHosts, { host, port }: DatabaseHost): Promise<DatabaseHost> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: probeMilliseconds });
  Object.assign(client, { host, port });
  client.on("error", () => undefined);
  try {
    await client.connect();
    if (wanted === "any") return { host, port };
    const { rows } = await client.query<{ takes: boolean }>(
      "select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as takes",
    );
    if (!rows[0]?.takes) throw Object.assign(new Error("read-only"), { code: "25006" });
    return { host, port };
  } finally {
    await client.end();
  }
}

/** The first server that answers as wanted, of all asked at once: one that is cut off costs no time. */
async function findHost(hosts: DatabaseHosts): Promise<DatabaseHost> {
  try {
    return await Promise.any(hosts.hosts.map((host) => probe(hosts, host)));
  } catch (error) {
    const [cause] = error instanceof AggregateError ? error.errors : [error];
    throw Object.assign(
      new Error("No server in the address of the database accepts connections as wanted."),
      {
        code: "08001",
        cause,
      },
    );
  }
}

type ClientClass = new (config?: pg.ClientConfig) => pg.Client;

function clientOf(hosts: DatabaseHosts): ClientClass {
  let finding: Promise<DatabaseHost> | undefined;
  const find = () => {
    finding ??= findHost(hosts).finally(() => {
      finding = undefined;
    });
    return finding;
  };
  return class extends pg.Client {
    override connect(): Promise<pg.Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<pg.Client> | void {
      const connected = find().then(async (host) => {
        Object.assign(this, host);
        return await super.connect();
      });
      if (!callback) return connected;
      const done = callback as (error?: Error) => void;
      connected.then(() => done(), done);
    }
  };
}

/**
 * How the driver connects to `url`: options for its pool or client, and the client's class. Where the address lists several servers,
 * each new connection asks all of them and takes one that accepts writes (`target_session_attrs`), so that a failover is followed
 * without a proxy. Throws when `url` is not such an address.
 */
export function connectionTo(url: string): { connectionString: string; Client: ClientClass } {
  const hosts = hostsOf(url);
  const isPlain = hosts.hosts.length === 1 && hosts.wanted === "any";
  return { connectionString: hosts.url, Client: isPlain ? pg.Client : clientOf(hosts) };
}
