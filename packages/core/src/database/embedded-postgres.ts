import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, join } from "node:path";
import pg from "pg";
import { claimCluster } from "./cluster-owner.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { type Account, mayUseFolder, postgresAccount } from "./postgres-account.ts";
import { openHome, openTemporaryFolder, postgresBinaries, postgresMajor } from "./postgres-binaries.ts";
import { initialiseData, type Server, type ServerPlace, startServer, superuser } from "./postgres-server.ts";
import { clearOrphan, findPostmaster } from "./postmaster.ts";
import { programRole } from "./program-role.ts";

/** An embedded PostgreSQL server. Its addresses contain passwords. */
export type EmbeddedPostgres = Pick<Server, "pid" | "ended" | "stop"> & {
  /** As its superuser, who owns the schema: for migrations and administration. */
  readonly url: string;
  /** As the role of gateway and portal, whose password is new with each start. */
  readonly programUrl: string;
};

const databaseName = "sor";
const lockName = "postgres.lock";

function urlOf(port: number, password: string, database = databaseName, role = superuser): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
}

async function passwordIn(dataDir: string, isNew: boolean): Promise<string> {
  const path = join(dataDir, "postgres-password");
  if (isNew) await writeFile(path, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (!existsSync(path)) {
    throw new Error(`${path} is missing, and the database of ${dataDir} cannot be opened without it.`);
  }
  return (await readFile(path, "utf8")).trim();
}

/** Path of the cluster of `dataDir`; behind a symbolic link elsewhere when the account has no access. */
async function locateData(
  dataDir: string,
): Promise<{ data: string; account: Account | undefined; isNew: boolean }> {
  const named = join(dataDir, "postgres");
  const entry = await lstat(named).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (!entry) {
    const account = await postgresAccount();
    if (!account || (await mayUseFolder(dataDir, account))) return { data: named, account, isNew: true };
    const elsewhere = join(await openHome(account), `data-${randomBytes(6).toString("hex")}`);
    return { data: elsewhere, account, isNew: true };
  }
  if (!existsSync(named)) {
    throw new Error(
      `${named} points to a folder that is gone. Restore it, or remove ${dataDir} to start afresh.`,
    );
  }
  const data = await realpath(named);
  const account = await postgresAccount(data);
  if (process.getuid && !account && (await lstat(data)).uid !== process.getuid()) {
    throw new Error(`${data} belongs to another account. Start as that account, or set another DATA_DIR.`);
  }
  if (account && !(await mayUseFolder(join(data, ".."), account))) {
    throw new Error(
      `PostgreSQL's account (${account.uid}) may not enter the folder above ${data}; allow it, or move it.`,
    );
  }
  return { data, account, isNew: false };
}

/** Creates the database and the role of the programs where they are missing; returns that role's new password. */
async function createDatabase(port: number, password: string): Promise<string> {
  const programPassword = randomBytes(24).toString("hex");
  const client = new pg.Client({ connectionString: urlOf(port, password, "postgres") });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
    const role = await client.query("select 1 from pg_roles where rolname = $1", [programRole]);
    if (role.rowCount === 0) await client.query(`create role ${programRole} login`);
    await client.query(`alter role ${programRole} password '${programPassword}'`);
    return programPassword;
  } finally {
    await client.end();
  }
}

async function serve(place: ServerPlace, password: string, lock: FolderLock): Promise<EmbeddedPostgres> {
  const server = await startServer(place);
  const programPassword = await createDatabase(server.port, password).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const { pid, ended } = server;
  const stop = async () => {
    await server.stop();
    lock.release();
  };
  const programUrl = urlOf(server.port, programPassword, databaseName, programRole);
  return { url: urlOf(server.port, password), programUrl, pid, ended, stop };
}

/**
 * Starts the PostgreSQL 18 of the npm package on the data in `dataDir`, which is created on first start. A server left over from
 * a killed run is ended first. It listens on a free port unless one is given. Throws with a text for the operator on failure.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: { port?: number } = {},
): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true });
  const folder = await realpath(dataDir);
  const lock = lockFolder(folder, lockName);
  if (!lock) throw new Error(`The database in ${dataDir} is in use by another process.`);
  try {
    const { data, account, isNew } = await locateData(folder);
    const binaries = await postgresBinaries(account);
    const place: ServerPlace = {
      binaries,
      data,
      log: join(folder, "postgres.log"),
      account,
      durability: "durable",
      port: options.port,
    };
    const password = await passwordIn(folder, isNew);
    if (isNew) {
      await initialiseData(place, password);
      if (join(folder, "postgres") !== data) await symlink(data, join(folder, "postgres"));
    }
    const major = (await readFile(join(data, "PG_VERSION"), "utf8")).trim();
    if (major !== postgresMajor) {
      throw new Error(
        `${data} was made by PostgreSQL ${major}; dump it there and load it into ${postgresMajor}.`,
      );
    }
    const cluster = await claimCluster(data, folder);
    const release = () => {
      cluster.release();
      lock.release();
    };
    return await serve(place, password, { release }).catch((error: unknown) => {
      cluster.release();
      throw error;
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The address of the server running on `dataDir`, for a second program; undefined when none runs. */
export async function runningEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  if (!existsSync(join(dataDir, "postgres"))) return undefined;
  const lock = lockFolder(dataDir, lockName);
  lock?.release();
  const postmaster = await findPostmaster(await realpath(join(dataDir, "postgres")));
  if (lock || !postmaster?.isReady) return undefined;
  return urlOf(postmaster.port, await passwordIn(dataDir, false));
}

/** Removes what killed runs left in the temporary folder: a folder whose lock is free has no owner any more. */
async function clearThrowaways(base: string, uid: number | undefined): Promise<void> {
  for (const name of await readdir(base)) {
    const folder = join(base, name);
    if (!name.startsWith("sor-throwaway-") || (await lstat(folder)).uid !== uid) continue;
    const lock = lockFolder(folder);
    if (!lock) continue;
    const data = join(folder, "data");
    if (existsSync(data)) await clearOrphan(data);
    await rm(folder, { recursive: true, force: true });
    lock.release();
  }
}

/** Starts a server on new data in a temporary folder, without durability; `stop` removes everything. */
export async function startThrowawayPostgres(): Promise<EmbeddedPostgres> {
  const account = await postgresAccount();
  const base = await openTemporaryFolder(account);
  await clearThrowaways(base, account?.uid ?? process.getuid?.());
  const fresh = await mkdtemp(join(base, "sor-fresh-"));
  const lock = lockFolder(fresh);
  if (!lock) throw new Error(`${fresh} is in use.`);
  if (account) await chown(fresh, account.uid, account.gid);
  // Rename only now to the name that others look for: a folder of that name without a lock is taken as abandoned.
  const folder = join(base, basename(fresh).replace("fresh", "throwaway"));
  await rename(fresh, folder);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const binaries = await postgresBinaries(account);
    const [data, log] = [join(folder, "data"), join(folder, "log")];
    const place: ServerPlace = { binaries, data, log, account, durability: "throwaway" };
    const password = randomBytes(24).toString("hex");
    await initialiseData(place, password);
    const postgres = await serve(place, password, lock);
    return { ...postgres, stop: () => postgres.stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
