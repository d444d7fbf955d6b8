/** A webhook receiver that tells when each message came, by the envelope id in its bytes. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type BenchReceiver = {
  port: number;
  /** When each envelope came first, by `performance.now()`. */
  arrivals: ReadonlyMap<string, number>;
  /** Resolves when so many envelopes have come. */
  until: (count: number) => Promise<void>;
  stop: () => Promise<void>;
};

/** The envelope id of an EDIFACT message of the bench. */
export const envelopeIdOf = (bytes: Buffer): string =>
  bytes.toString("latin1", 0, 200).split("UNB+")[1]?.split("+")[4] ?? "";

/** Starts it on that port; 0 lets the system choose. */
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
