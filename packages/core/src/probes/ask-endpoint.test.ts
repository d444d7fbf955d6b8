import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Server } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import {
  aCertificateAuthority,
  anUnfinishedServer,
  aServerCertificate,
  unfinishedBodies,
} from "../testing/index.ts";
import { askEndpoint, type EndpointQuestion } from "./ask-endpoint.ts";
import { testEvent } from "./test-event.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const authority = aCertificateAuthority();
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const open: Server[] = [];
type Seen = { method: string; headers: http.IncomingHttpHeaders; body: string };

afterEach(async () => {
  for (const server of open.splice(0)) {
    if (server instanceof http.Server) server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function listening<S extends Server>(server: S): Promise<number> {
  open.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

function handler(status: number, seen: Seen[], headers: http.OutgoingHttpHeaders = {}) {
  return (request: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method ?? "", headers: request.headers, body });
      response.writeHead(status, headers).end("tak for\r\nprøven");
    });
  };
}

async function aServer(status: number, headers: http.OutgoingHttpHeaders = {}) {
  const seen: Seen[] = [];
  const port = await listening(http.createServer(handler(status, seen, headers)));
  return { seen, address: `http://127.0.0.1:${port}/in?a=1` };
}

async function aTlsServer(host: string, validTo: Date) {
  const seen: Seen[] = [];
  const { certificate, key } = aServerCertificate(authority, host, validTo);
  const port = await listening(https.createServer({ cert: certificate, key }, handler(204, seen)));
  return { seen, address: `https://edi.example.test:${port}/in` };
}

const ask = (address: string, more: Partial<EndpointQuestion> = {}) =>
  askEndpoint({
    address,
    method: "options",
    privateHosts: ["127.0.0.1", "edi.example.test"],
    timeoutMilliseconds: 5000,
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    trusted: authority.certificate,
    ...more,
  });
const faultOf = async (address: string, more: Partial<EndpointQuestion> = {}) => {
  const { isUp, detail } = await ask(address, more);
  expect(isUp).toBe(detail.fault === null);
  return detail.fault;
};

describe("a test event", () => {
  const event = (at = new Date()) =>
    testEvent({ id: "t1", endpointId: "e1", signingSecrets: [secret], now: at });

  test("is posted, verified by the reference library, and marked as a test under the signature", async () => {
    const { seen, address } = await aServer(204);
    const found = await ask(address, { method: "test-event", event: event() });
    expect(found).toMatchObject({ isUp: true, detail: { status: 204, signature: "accepted", fault: null } });
    const [post] = seen;
    const headers = Object.fromEntries(
      Object.entries(post?.headers ?? {}).map(([key, value]) => [key, String(value)]),
    );
    new Webhook(secret).verify(post?.body ?? "", headers);
    expect(post).toMatchObject({ method: "POST", headers: { "webhook-id": "test_t1", "sor-event": "test" } });
    expect(JSON.parse(post?.body ?? "")).toMatchObject({ type: "sor.endpoint.test" });
  });

  test("that is refused for its signature reports it, with the beginning of the answer", async () => {
    const { address } = await aServer(401);
    const { detail } = await ask(address, { method: "test-event", event: event() });
    expect(detail).toMatchObject({
      fault: "signature-refused",
      signature: "refused",
      excerpt: "tak for pr" + "\u00c3\u00b8" + "ven",
    });
  });
});

test.each(
  unfinishedBodies.flatMap((body) => [[200, body, null] as const, [503, body, "server-error"] as const]),
)("the status %i of an answer decides when its body is %s", async (status, body, fault) => {
  const server = await anUnfinishedServer(status, body);
  const event = testEvent({ id: "t1", endpointId: "e1", signingSecrets: [secret], now: new Date() });
  const found = await ask(server.address, { method: "test-event", event, timeoutMilliseconds: 700 });
  await server.stop();
  expect(found).toMatchObject({ isUp: fault === null, detail: { status, fault } });
});

test("OPTIONS and HEAD use the whole address and a connection that is closed, and keep nothing of the answer", async () => {
  const { seen, address } = await aServer(405);
  const { detail } = await ask(address);
  await ask(address, { method: "head" });
  expect(seen.map(({ method }) => method)).toEqual(["OPTIONS", "HEAD"]);
  expect(detail).toMatchObject({ status: 405, excerpt: null, signature: null, address: "127.0.0.1" });
});

test("a redirect is a fault and is not followed", async () => {
  const inner = await aServer(200);
  const { address } = await aServer(302, { location: inner.address });
  expect(await faultOf(address)).toBe("redirect");
  expect(inner.seen).toEqual([]);
});

describe("the SSRF guard", () => {
  test.each([
    "https://10.0.0.1/in",
    "https://[::ffff:10.0.0.1]/in",
    "https://[64:ff9b::a00:1]/in",
    "https://2130706433/in",
    "https://0177.0.0.1/in",
    "https://localhost/in",
    "http://edi.example.dk/in",
  ])("does not even send a request to %s", async (address) => {
    const resolve = async () => Promise.reject(new Error("asked"));
    expect(await faultOf(address, { privateHosts: [], resolve })).toBe("address-not-allowed");
  });

  test("refuses a name that resolves to this machine, without a connection", async () => {
    const { seen, address } = await aTlsServer("edi.example.test", inDays(30));
    expect(await faultOf(address, { privateHosts: [] })).toBe("address-not-public");
    expect(seen).toEqual([]);
  });

  test("resolves the name once: a later result is not connected to", async () => {
    const { address } = await aTlsServer("edi.example.test", inDays(30));
    const answers = [[{ address: "127.0.0.1", family: 4 }], [{ address: "127.0.0.2", family: 4 }]];
    const { detail } = await ask(address, { resolve: async () => answers.shift() ?? [] });
    expect([detail.address, answers.length]).toEqual(["127.0.0.1", 1]);
  });
});

describe("TLS", () => {
  test("shows version, chain and remaining days of a trusted certificate", async () => {
    const validTo = inDays(30);
    const { address } = await aTlsServer("edi.example.test", validTo);
    const { isUp, detail } = await ask(address);
    expect(isUp).toBe(true);
    expect(detail.tls).toMatchObject({ version: "TLSv1.3", isTrusted: true });
    expect(detail.tls?.certificates[0]).toMatchObject({
      subject: "CN=edi.example.test",
      issuer: "CN=Test Authority",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      validTo: `${validTo.toISOString().slice(0, 19)}.000Z`,
    });
    expect(Object.values(detail.milliseconds).every((step) => step !== null)).toBe(true);
  });

  test("with the handshake method sends no request", async () => {
    const { seen, address } = await aTlsServer("edi.example.test", inDays(30));
    expect(await faultOf(address, { method: "handshake" })).toBeNull();
    expect(seen).toEqual([]);
  });

  test.each([
    ["certificate-expired", "edi.example.test", -1, true],
    ["certificate-of-another", "other.example.test", 30, true],
    ["certificate-not-trusted", "edi.example.test", 30, false],
  ])("with a certificate that is %s is shown, and nothing is sent", async (fault, host, days, isKnown) => {
    const { seen, address } = await aTlsServer(host, inDays(days));
    const trusted = isKnown ? authority.certificate : aCertificateAuthority().certificate;
    const { detail } = await ask(address, { trusted });
    expect(detail).toMatchObject({ fault, tls: { isTrusted: false } });
    expect(seen).toEqual([]);
  });
});

describe("the fault of an endpoint that does not answer", () => {
  test("when the connection is refused", async () => {
    const server = net.createServer();
    const port = await listening(server);
    await new Promise((done) => server.close(done));
    open.splice(0);
    expect(await faultOf(`http://127.0.0.1:${port}/`)).toBe("connection-refused");
  });

  test("when the name does not exist", async () => {
    const resolve = async () => {
      throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    };
    expect(await faultOf("https://edi.example.test/", { resolve })).toBe("name-not-found");
  });

  test.each([
    ["timeout", () => {}],
    ["connection-broken", (socket: net.Socket) => socket.destroy()],
    ["not-http", (socket: net.Socket) => socket.end("SSH-2.0-OpenSSH\r\n")],
  ])("is %s", async (fault, treat) => {
    const sockets: net.Socket[] = [];
    const server = net.createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.once("data", () => treat(socket));
    });
    const port = await listening(server);
    expect(await faultOf(`http://127.0.0.1:${port}/`, { timeoutMilliseconds: 300 })).toBe(fault);
    for (const socket of sockets) socket.destroy();
  });

  test("when the resolver never answers, within the time limit", async () => {
    const resolve = () => new Promise<never>(() => {});
    const found = await ask("https://edi.example.test/", { resolve, timeoutMilliseconds: 200 });
    expect(found.detail.fault).toBe("timeout");
  });

  test("when the server speaks no TLS", async () => {
    const { address } = await aServer(200);
    expect(await faultOf(address.replace("http:", "https:"))).toBe("tls-failed");
  });
});
