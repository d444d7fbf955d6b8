import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createApp, createManagementApp, type Deps } from "./app.ts";
import { createLimiter, type Limiter } from "./http/limits.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { hasSeveralHosts, refuseAddress, refuseRequest, refuseSocket } from "./http/unreadable-requests.ts";
import { fastLookup, type Handler } from "./lookup/fast-lookup.ts";

/** How long answers in progress get when the server closes. */
const closeSeconds = 8;

/** Bodies have a minimum speed; a request that is never read ends after the time of the longest body, milliseconds. */
const longest = ({
  BODY_GRACE_SECONDS,
  BODY_KILOBYTES_PER_SECOND_MIN,
  INTERCHANGE_MEGABYTES_MAX,
}: Deps["config"]) =>
  Math.ceil(
    (BODY_GRACE_SECONDS * 2 + (INTERCHANGE_MEGABYTES_MAX * 1049) / BODY_KILOBYTES_PER_SECOND_MIN) * 1000,
  );

/** The app as a handler of Node's requests: every request that is not answered by the fast lookup. */
export function ordinaryHandler(deps: Deps, limiter: Limiter): Handler {
  const app = createApp(deps, limiter);
  const common = securityHeaders(deps.config);
  const ordinary = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      if (error instanceof Error && error.name === "RequestError") return refuseAddress(common);
      throw error;
    },
  });
  return (req, res) => {
    ordinary(req, res).catch((error: unknown) => {
      deps.log.error({ err: error }, "request failed");
      res.destroy();
    });
  };
}

/** The gateway as an HTTP server: the fast lookup first, then the app. Not yet listening. */
export function createGatewayServer(deps: Deps): Server {
  const limiter = createLimiter(deps.config);
  const common = securityHeaders(deps.config);
  const handler = fastLookup(deps, limiter, ordinaryHandler(deps, limiter));
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: longest(deps.config),
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
    (req, res) => {
      // Clients with keep-alive connections must not lose a request at shutdown: each answer says that the connection closes.
      if (deps.stopping?.aborted) res.shouldKeepAlive = false;
      if (hasSeveralHosts(req.rawHeaders)) refuseRequest(res, common);
      else handler(req, res);
    },
  );
  return server.on("clientError", (error, socket) => refuseSocket(error, socket, common));
}

/** The server of MANAGEMENT_PORT. Not yet listening. */
export function createManagementServer(deps: Deps): Server {
  const app = createManagementApp(deps);
  return createServer(
    getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false }),
  );
}

/** Listens and returns the address; port 0 lets the operating system choose. Rejects when the port is in use. */
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

/** Stops accepting connections, gives answers in progress some seconds to finish, then closes what is left. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection is idle only once its answer has ended; a stream ends when it sees the stop signal.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const forced = setTimeout(() => server.closeAllConnections(), closeSeconds * 1000);
  await closed;
  clearInterval(idle);
  clearTimeout(forced);
}
