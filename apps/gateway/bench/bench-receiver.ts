/** A webhook receiver that records when each message arrived, by the envelope id in its bytes. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type BenchReceiver = {
  port: number;
  /** When each envelope first arrived, by `performance.now()`. */
  arrivals: ReadonlyMap<string, number>;
  /** Resolves when that many envelopes have arrived. */
  until: (count: number) => Promise<void>;
  stop: () => Promise<void>;
};

/** The envelope id of one of the benchmark's EDIFACT messages. */
export const envelopeIdOf = (bytes: Buffer): string =>
  bytes.toString("latin1", 0, 200).split("UNB+")[1]?.split("+")[4] ?? "";

/** Starts it on that port; 0 lets the operating system choose. */
export async function startBenchReceiver(port = 0): Promise<BenchReceiver> {
  const arrivals = new Map<string, number>();
  const waiting = new Set<() => void>();
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const id = envelopeIdOf(Buffer.concat(pieces));
      if (!arrivals.has(id)) arrivals.set(id, performance.now());
      response.writeHead(200, { "Content-Length": "0" }).end();
      for (const look of waiting) look();
    });
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    arrivals,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (arrivals.size < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
