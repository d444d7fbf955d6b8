/** A server as a connection string names it; IPv6 addresses without brackets. */
export type DatabaseHost = { readonly host: string; readonly port: number };

/** What of the listed servers is connected to: `read-write` any that accepts writes, `any` the first that answers. */
type WantedSession = "read-write" | "any";

export type DatabaseHosts = {
  readonly hosts: readonly DatabaseHost[];
  readonly wanted: WantedSession;
  /** The connection string with the first host only, as the driver reads it. */
  readonly url: string;
};

const parts = /^(postgres(?:ql)?:\/\/)([^/?#]*)([^#]*)$/;
const hostsMax = 16;
const defaultPort = 5432;
const wantedBy: Readonly<Record<string, WantedSession>> = {
  any: "any",
  "read-write": "read-write",
  primary: "read-write",
};

function hostOf(text: string): DatabaseHost | undefined {
  if (text === "" || !URL.canParse(`tcp://${text}`)) return undefined;
  const { hostname, port, username, pathname } = new URL(`tcp://${text}`);
  if (hostname === "" || username !== "" || pathname !== "") return undefined;
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? defaultPort : Number(port) };
}

/**
 * Reads `postgresql://user:password@host1:port,host2:port/name?target_session_attrs=read-write` as libpq does (several hosts, IPv6 in
 * brackets). Without the parameter, several hosts mean `read-write`. Undefined when it is not such an address. Pure.
 */
export function readDatabaseUrl(text: string): DatabaseHosts | undefined {
  const [, scheme = "", authority = "", rest = ""] = parts.exec(text) ?? [];
  const login = authority.slice(0, authority.lastIndexOf("@") + 1);
  const listed = authority.slice(login.length).split(",").map(hostOf);
  const hosts = listed.filter((host) => host !== undefined);
  const [first] = authority.slice(login.length).split(",");
  const url = `${scheme}${login}${first}${rest}`;
  if (scheme === "" || hosts.length !== listed.length || hosts.length > hostsMax || !URL.canParse(url)) {
    return undefined;
  }
  const parsed = new URL(url);
  const asked = parsed.searchParams.get("target_session_attrs") ?? (hosts.length > 1 ? "read-write" : "any");
  const wanted = wantedBy[asked];
  if (!wanted) return undefined;
  parsed.searchParams.delete("target_session_attrs");
  return { hosts, wanted, url: parsed.href };
}

/** Whether `readDatabaseUrl` reads it. */
export const isDatabaseUrl = (text: string): boolean => readDatabaseUrl(text) !== undefined;
