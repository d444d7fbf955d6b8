import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "./config.ts";

async function fault(host: string, port: number, setting: string): Promise<string[]> {
  const probe = createServer();
  try {
    probe.listen({ host, port, exclusive: true });
    await once(probe, "listening");
    probe.close();
    await once(probe, "close");
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      return [`${setting} ${port} is taken on ${host}; set ${setting} to a free port.`];
    if (code === "EACCES")
      return [`${setting} ${port} may not be used by this account; set a port from 1024 up.`];
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      return [`HOST ${host} is not an address of this machine.`];
    throw error;
  }
}

async function faultsNow(config: Config): Promise<string[]> {
  const faults = [
    ...(await fault(config.host, config.gatewayPort, "GATEWAY_PORT")),
    ...(await fault(config.host, config.portalPort, "PORTAL_PORT")),
  ];
  return [...new Set(faults)];
}

/**
 * Names the port, by its setting, that cannot be listened on. Retries for two seconds: the programs of a start that was just
 * killed take a while to end.
 */
export async function portFaults(config: Config): Promise<string[]> {
  for (const deadline = Date.now() + 2000; ; await pause(200)) {
    const faults = await faultsNow(config);
    if (faults.length === 0 || Date.now() > deadline) return faults;
  }
}
