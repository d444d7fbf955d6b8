/** A mail server on a free port that takes all mail and counts receivers; a process of its own, as a real one would be. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

const receivers = new Map<string, number>();
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS", "AUTH"],
  onData: (stream, session, done) => {
    stream.resume();
    stream.on("end", () => {
      for (const { address } of session.envelope.rcptTo)
        receivers.set(address, (receivers.get(address) ?? 0) + 1);
      done();
    });
  },
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.server.address() as AddressInfo).port });
});
process.on("message", () => {
  const twice = [...receivers.values()].filter((count) => count > 1).length;
  process.send?.({ received: receivers.size, twice });
});
