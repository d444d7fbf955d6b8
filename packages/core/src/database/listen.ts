import pg from "pg";
import { connectionTo } from "./client.ts";

export type Listener = { stop: () => Promise<void> };

/**
 * Listens to one PostgreSQL channel on a connection of its own and reconnects until stopped. `onNotice` gets each payload;
 * `onConnected` means that the follower must catch up, since notices sent while disconnected are lost.
 */
export function listenTo(
  url: string,
  channel: string,
  on: { notice: (payload: string) => void; connected: () => void; lost: (error: Error) => void },
): Listener {
  const { connectionString, Client } = connectionTo(url);
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let attempt = 0;

  const again = (error: Error) => {
    if (stopped || timer) return;
    on.lost(error);
    attempt += 1;
    timer = setTimeout(connect, Math.min(100 * 2 ** attempt, 5_000));
  };

  const connect = () => {
    timer = undefined;
    const mine = new Client({ connectionString, keepAlive: true, application_name: "sor-listen" });
    client = mine;
    mine.on("error", again);
    mine.on("end", () => again(new Error("connection ended")));
    mine.on("notification", (message) => on.notice(message.payload ?? ""));
    mine
      .connect()
      .then(() => mine.query(`listen ${pg.escapeIdentifier(channel)}`))
      .then(() => {
        attempt = 0;
        on.connected();
      })
      .catch(again);
  };
  connect();

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
