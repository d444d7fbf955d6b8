import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { testDeps } from "../testing/index.ts";
import { createMailer } from "./send-mail.ts";

type Ending = (socket: Socket) => void;

/** A mail server that answers a whole mail in a given way, and accepts everything else. */
async function answeringMail(ending: Ending) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let isData = false;
    socket.on("error", () => {});
    socket.write("220 ready\r\n");
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      if (isData) {
        if (text.endsWith("\r\n.\r\n")) ending(socket);
        return;
      }
      isData = text.startsWith("DATA");
      if (!text.startsWith("QUIT")) socket.write(isData ? "354 go on\r\n" : "250 ok\r\n");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

test.each<[string, Ending, string]>([
  [
    "accepted, and the connection is reset",
    (s) => s.write("250 taken\r\n", () => s.resetAndDestroy()),
    "sent",
  ],
  ["accepted, and the connection stays silent", (s) => s.write("250 taken\r\n"), "sent"],
  [
    "refused, and the connection is reset",
    (s) => s.write("554 no\r\n", () => s.resetAndDestroy()),
    "refused",
  ],
  ["not answered, and the connection is reset", (s) => s.resetAndDestroy(), "failed"],
])("the answer to a mail decides, whatever follows: %s", async (_, ending, expected) => {
  const server = await answeringMail(ending);
  const mailer = createMailer(testDeps({ env: { SMTP_URL: server.url } }).config);
  const mail = { id: "m1", to: "vagt@example.dk", subject: "Prøve", text: "x", createdAt: new Date() };
  expect((await mailer?.sendPlain(mail))?.kind).toBe(expected);
  mailer?.close();
  await server.stop();
});
