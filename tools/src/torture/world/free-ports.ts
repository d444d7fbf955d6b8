import { once } from "node:events";
import { createServer } from "node:net";

/** That many free ports of this machine. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports: number[] = [];
  for (const probe of probes) {
    if (!probe.listening) await once(probe, "listening");
    const address = probe.address();
    if (!address || typeof address === "string") throw new Error("the system gave no port");
    ports.push(address.port);
  }
  for (const probe of probes) {
    probe.close();
    await once(probe, "close");
  }
  return ports;
}
