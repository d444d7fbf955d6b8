import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { closeDatabase, newId, openDatabase } from "../database/index.ts";
import { advance } from "../messages/advance.ts";
import { messages } from "../messages/tables.ts";

// A process of a race test: writes events in slow transactions, every third of which is rolled back.
const [url = "", messageId = "", count = "0", seed = "1"] = process.argv.slice(2);
const db = openDatabase(url);
let state = Number(seed);
const random = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
};
const undone = new Error("undone");
const written: string[] = [];
for (let at = 0; at < Number(count); at += 1) {
  const mark = newId();
  await db
    .transaction(async (tx) => {
      const [message] = await tx.select().from(messages).where(eq(messages.id, messageId));
      if (!message) throw new Error("no message");
      const happenings = [1, 2].map((part) => ({
        event: "duplicate-received" as const,
        detail: { case: `${mark} ${part}` },
      }));
      await advance(tx, { actor: { kind: "system", job: "race" }, now: new Date() }, [
        { message, happenings },
      ]);
      await pause(random() * 20);
      if (at % 3 === 2) throw undone;
    })
    .then(
      () => written.push(mark),
      (error: unknown) => {
        if (error !== undone) throw error;
      },
    );
}
await closeDatabase(db);
process.stdout.write(JSON.stringify(written));
