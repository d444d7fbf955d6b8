import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

const afterHead: Record<string, (socket: Socket, head: string) => void> = {
  truncated: (socket, head) => socket.end(`${head}Content-Length: 1000\r\n\r\nbegun`),
  "left open": (socket, head) => socket.write(`${head}Content-Length: 1000\r\n\r\nbegun`),
  "slow for ever": (socket, head) => {
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const timer = setInterval(() => socket.write("5\r\nbegun\r\n"), 50);
    socket.on("close", () => clearInterval(timer));
  },
  endless: (socket, head) => {
    const chunk = `10000\r\nbegun${"x".repeat(0x10000 - 5)}\r\n`;
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const flood = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", flood);
    flood();
  },
  reset: (socket, head) =>
    socket.write(`${head}Content-Length: 1000\r\n\r\nbegun`, () => socket.resetAndDestroy()),
  malformed: (socket, head) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nno size\r\n`),
};

/** Ways in which a response body can fail after its head; each starts with "begun" except the malformed one. */
export const unfinishedBodies = Object.keys(afterHead);

/** A server on a free local port that answers each request with a status and a body that fails. */
export async function anUnfinishedServer(
  status: number,
  body: string,
): Promise<{ address: string; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => afterHead[body]?.(socket, `HTTP/1.1 ${status} Status\r\n`));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
