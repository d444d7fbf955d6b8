import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createApp, type Deps } from "./app.ts";
import { fastLookup } from "./fast-lookup.ts";
import { createLimiter } from "./limits.ts";

/** How long answers under way get when the server closes. */
const closeSeconds = 8;

/** The gateway on a socket: the fast lookup first, the app for everything else. Not yet listening. */
export function createGatewayServer(deps: Deps): Server {
  const limiter = createLimiter(deps.config);
  const app = createApp(deps, limiter);
  const ordinary = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const handler = fastLookup(deps, limiter, (req, res) => {
    ordinary(req, res).catch((error: unknown) => {
      deps.log.error({ err: error }, "request failed");
      res.destroy();
    });
  });
  return createServer(
    { headersTimeout: 10_000, requestTimeout: 120_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 },
    handler,
  );
}

/** Listens and gives the address; port 0 lets the system choose. Rejects when the port is taken. */
export async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port: actual } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
}

/** Takes no new connections, lets answers under way finish for some seconds, then closes what is left. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const forced = setTimeout(() => server.closeAllConnections(), closeSeconds * 1000);
  await closed;
  clearTimeout(forced);
}
