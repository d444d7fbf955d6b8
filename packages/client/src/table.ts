/** A type in one version, format and direction. */
export type TypeFacts = {
  code: string;
  version: string;
  format: string;
  direction: "receive" | "send";
  urn: string | null;
  receiptRule: unknown;
  isCurrent: boolean;
};

/** An endpoint as everybody may see it. Times in seconds since 1970. */
type EndpointFacts = {
  id: string;
  name: string;
  transport: string;
  address: string | null;
  mimeTypes: string[];
  certificates: string[];
  state: "active" | "paused" | "closed";
  pausedUntil: number | null;
  retry: unknown;
  systemId: string | null;
  supplierId: string | null;
};

/** from, to, flags, system, supplier, operator. */
export type Period = [number, number | null, number, string?, string?, string?];
/** The part of an endpoint that answers show, made once. */
export type ShownEndpoint = Pick<
  EndpointFacts,
  "id" | "name" | "transport" | "address" | "mimeTypes" | "certificates"
>;
type Endpoint = { facts: EndpointFacts; shown: ShownEndpoint };
export type Pair = { type: TypeFacts; endpoint: Endpoint | undefined; from: number; to: number | null };
export type Location = {
  periods: Period[];
  pairs: Pair[];
  successor: string | null;
  isWithdrawn: boolean;
};
type Party = { id: string; name: string; version?: string | null };

export type Head = {
  kind: "full" | "delta";
  position: string;
  sequence: number;
  staleSeconds: number | null;
};

const format = "sor-routes/1";

/** The routing table as a program holds it: each answer is applied whole or not at all. */
export class Table {
  position = "";
  sequence = 0;
  readonly locations = new Map<string, Location>();
  readonly suppliers = new Map<string, Party>();
  readonly systems = new Map<string, Party>();
  readonly operators = new Map<string, Party>();
  readonly #types = new Map<string, TypeFacts>();
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #urns = new Map<string, TypeFacts>();

  /** A type by its URN. */
  byUrn(urn: string): TypeFacts | undefined {
    return this.#urns.get(urn);
  }

  /** Takes an answer over, and gives its first line. Throws when it was cut or is of another layout; then nothing was changed. */
  apply(text: string): Head {
    const lines = text.trimEnd().split("\n");
    const head = JSON.parse(lines[0] ?? "null") as Head & { format: string };
    const end = JSON.parse(lines.at(-1) ?? "null") as unknown[];
    if (head?.format !== format) throw new Error("the routing table is of another layout");
    if (end?.[0] !== "end" || end[1] !== lines.length - 1) throw new Error("the routing table was cut");
    const read = lines.slice(1, -1).map((line) => JSON.parse(line) as [string, ...unknown[]]);
    if (head.kind === "full") this.#clear();
    const types: TypeFacts[] = [];
    const endpoints: Endpoint[] = [];
    for (const line of read) this.#take(line, types, endpoints);
    this.position = head.position;
    this.sequence = head.sequence;
    return head;
  }

  /** The table as an answer that makes it. */
  text(): string {
    const types = new Map([...this.#types.values()].map((facts, at) => [facts, at]));
    const endpoints = new Map([...this.#endpoints.values()].map((endpoint, at) => [endpoint, at]));
    const lines: unknown[] = [
      { format, kind: "full", position: this.position, sequence: this.sequence, staleSeconds: null },
    ];
    for (const { id, name } of this.suppliers.values()) lines.push(["supplier", id, name]);
    for (const { id, name, version } of this.systems.values()) lines.push(["system", id, name, version]);
    for (const { id, name } of this.operators.values()) lines.push(["operator", id, name]);
    for (const [facts, at] of types) lines.push(["type", at, facts]);
    for (const [endpoint, at] of endpoints) lines.push(["endpoint", at, endpoint.facts]);
    for (const [gln, { periods, pairs, successor, isWithdrawn }] of this.locations) {
      const held = pairs.map(({ type, endpoint, from, to }) => [
        ...[types.get(type), endpoint ? endpoints.get(endpoint) : -1, from, to],
      ]);
      lines.push(["gln", gln, periods, held, successor, isWithdrawn]);
    }
    lines.push(["end", lines.length]);
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }

  #clear(): void {
    for (const map of [this.locations, this.suppliers, this.systems, this.operators]) map.clear();
    this.#types.clear();
    this.#endpoints.clear();
    this.#urns.clear();
  }

  #take([what, ...of]: [string, ...unknown[]], types: TypeFacts[], endpoints: Endpoint[]): void {
    if (what === "type") types[of[0] as number] = this.#type(of[1] as TypeFacts);
    else if (what === "endpoint") endpoints[of[0] as number] = this.#endpoint(of[1] as EndpointFacts);
    else if (what === "gln") this.#location(of, types, endpoints);
    else {
      const [id, name, version] = of as [string, string, string?];
      const parties = { supplier: this.suppliers, system: this.systems, operator: this.operators };
      // Lines of a kind that is not known yet are passed over.
      parties[what as keyof typeof parties]?.set(id, { id, name, version: version ?? null });
    }
  }

  /** One object for each type, so that pairs share it. */
  #type(facts: TypeFacts): TypeFacts {
    const key = `${facts.code}\n${facts.version}\n${facts.format}\n${facts.direction}`;
    const known = this.#types.get(key);
    const type = known ? Object.assign(known, facts) : facts;
    this.#types.set(key, type);
    if (type.urn) this.#urns.set(type.urn, type);
    return type;
  }

  /** One object for each endpoint: when it changes, it does so for all pairs. */
  #endpoint(facts: EndpointFacts): Endpoint {
    const { id, name, transport, address, mimeTypes, certificates } = facts;
    const told = { facts, shown: { id, name, transport, address, mimeTypes, certificates } };
    const known = this.#endpoints.get(id);
    const endpoint = known ? Object.assign(known, told) : told;
    this.#endpoints.set(id, endpoint);
    return endpoint;
  }

  #location(of: unknown[], types: TypeFacts[], endpoints: Endpoint[]): void {
    const [gln, periods, pairs, successor = null, isWithdrawn = false] = of as [
      ...[string, Period[], [number, number, number, number | null][]],
      ...[(string | null)?, boolean?],
    ];
    if (periods.length + pairs.length === 0) {
      this.locations.delete(gln);
      return;
    }
    const held = pairs.map(([type, endpoint, from, to]): Pair => {
      const facts = types[type];
      if (!facts) throw new Error("the routing table names a type that it does not tell");
      return { type: facts, endpoint: endpoints[endpoint], from, to };
    });
    this.locations.set(gln, { periods, pairs: held, successor, isWithdrawn });
  }
}
