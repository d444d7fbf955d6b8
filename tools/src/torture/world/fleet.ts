import { join } from "node:path";
import { root } from "../../root.ts";
import { type Program, type Running, startProgram, waitUntilLive } from "../../system/supervise.ts";

type Member = { program: Program; running: Running | undefined; starts: number; isWanted: boolean };

/** The gateways of a run: real programs on fixed ports, each with its own data folder, restarted whenever they are killed. */
export class Fleet {
  readonly #members: Member[] = [];
  readonly #folder: string;
  /** Gateways that ended without being killed, and how. */
  readonly deaths: string[] = [];

  constructor(folder: string, ports: readonly number[], environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    for (const [number, port] of ports.entries()) {
      const program: Program = {
        name: `gateway-${number + 1}`,
        words: ["src/main.ts"],
        folder: join(root, "apps/gateway"),
        environment: {
          ...environment,
          GATEWAY_PORT: String(port),
          DATA_DIR: join(folder, `data-${number + 1}`),
        },
        log: "",
        live: `http://127.0.0.1:${port}/livez`,
      };
      this.#members.push({ program, running: undefined, starts: 0, isWanted: true });
    }
  }

  get size(): number {
    return this.#members.length;
  }

  #member(number: number): Member {
    const member = this.#members[number];
    if (!member) throw new RangeError(`there is no gateway ${number}`);
    return member;
  }

  /** Starts a gateway, as a supervisor would; it serves some seconds later. If it ends on its own, records and restarts it. */
  async start(number: number): Promise<void> {
    const member = this.#member(number);
    member.isWanted = true;
    member.starts += 1;
    const log = join(this.#folder, `${member.program.name}.${member.starts}.log`);
    const running = await startProgram({ ...member.program, log });
    member.running = running;
    // Killed before it was registered here.
    if (!member.isWanted) this.kill(number);
    void running.ended.then((how) => this.#gone(number, running, how));
  }

  /** Starts every gateway and waits until all serve. */
  async startAll(): Promise<void> {
    await Promise.all(this.#members.map((_, number) => this.start(number)));
    await this.untilLive();
  }

  /** Resolves when every gateway serves. Throws after two minutes, or when one ends meanwhile. */
  async untilLive(): Promise<void> {
    for (const { program, running } of this.#members) if (running) await waitUntilLive(program, running);
  }

  #gone(number: number, running: Running, how: string): void {
    const member = this.#member(number);
    if (member.running !== running) return;
    member.running = undefined;
    if (!member.isWanted) return;
    this.deaths.push(how);
    void this.start(number).catch((error: Error) => this.deaths.push(error.message));
  }

  /** `kill -9`. */
  kill(number: number): void {
    const member = this.#member(number);
    const { running } = member;
    member.isWanted = false;
    member.running = undefined;
    if (running) process.kill(running.pid, "SIGKILL");
  }

  /** SIGTERM, then `kill -9` for one that does not end. */
  async end(number: number): Promise<void> {
    const member = this.#member(number);
    const { running } = member;
    member.isWanted = false;
    member.running = undefined;
    await running?.stop();
  }

  async endAll(): Promise<void> {
    await Promise.all(this.#members.map((_, number) => this.end(number)));
  }

  /** Suspends a gateway, or resumes it. */
  signal(number: number, signal: "SIGSTOP" | "SIGCONT"): void {
    const { running } = this.#member(number);
    if (running) process.kill(running.pid, signal);
  }
}
