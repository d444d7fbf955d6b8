import { connect, type Socket } from "node:net";

type Answered = { status: number; head: string; body: string };

/** One keep-alive connection that carries one request at a time. */
class Connection {
  readonly #socket: Socket;
  #pieces: Buffer[] = [];
  #size = 0;
  #needed = -1;
  #take: ((raw: Buffer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (piece) => this.#data(piece));
    this.#socket.on("error", (error) => this.#fail?.(error));
    this.#socket.on("close", () => this.#fail?.(new Error("the server closed the connection")));
  }

  ask(request: string | Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#take = resolve;
      this.#fail = reject;
      this.#socket.write(request);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #data(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#needed < 0) this.#needed = lengthOf(Buffer.concat(this.#pieces));
    if (this.#needed < 0 || this.#size < this.#needed) return;
    const whole = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    this.#needed = -1;
    this.#take?.(whole);
  }
}

/** Length of the whole answer in bytes, from its Content-Length; -1 while the header is incomplete. */
function lengthOf(raw: Buffer): number {
  const end = raw.indexOf("\r\n\r\n");
  if (end < 0) return -1;
  const match = /content-length: (\d+)/i.exec(raw.toString("latin1", 0, end));
  if (!match) throw new Error("an answer without Content-Length");
  return end + 4 + Number(match[1]);
}

function readAnswer(raw: Buffer): Answered {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.toString("latin1", 0, end);
  return { status: Number(head.slice(9, 12)), head, body: raw.toString("utf8", end + 4) };
}

/** A request with the headers most clients send. */
export const getRequest = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nUser-Agent: bench\r\nConnection: keep-alive\r\n\r\n`;

/** Sends that many requests over some connections and returns the wall time; every answer must have the status. */
export async function run(
  address: string,
  connections: number,
  count: number,
  next: () => string | Buffer,
  status = "200",
): Promise<number> {
  const port = Number(new URL(address).port);
  let left = count;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = new Connection(port);
      while (left > 0) {
        left -= 1;
        const raw = await connection.ask(next());
        if (raw.toString("latin1", 9, 12) !== status) throw new Error(raw.toString("utf8", 0, 500));
      }
      connection.end();
    }),
  );
  return (performance.now() - started) / 1000;
}

/** Sends one request and reads the whole answer. */
export async function ask(address: string, request: string | Buffer): Promise<Answered> {
  const connection = new Connection(Number(new URL(address).port));
  const raw = await connection.ask(request);
  connection.end();
  return readAnswer(raw);
}
