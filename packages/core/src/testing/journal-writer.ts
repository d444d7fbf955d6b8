/** A process that writes to the journal: `node journal-writer.ts URL NAME CHANGES`; every third change is rolled back. */
import { closeDatabase, openDatabase } from "../database/index.ts";
import { appendEntries } from "../journal/index.ts";

const [url = "", name = "", changes = "0"] = process.argv.slice(2);
const db = openDatabase(url, { connectionsMax: 2 });
let written = 0;

class ChangedMind extends Error {}

async function write(number: number): Promise<void> {
  const entries = Array.from({ length: 1 + (number % 3) }, (_, part) => ({
    action: "test",
    outcome: "done" as const,
    subjectType: "test",
    subjectId: `${name}-${number}-${part}`,
    after: { number, ["å".repeat(number % 5)]: [part, null, { b: 1, a: 2 }] },
  }));
  await db.transaction(async (tx) => {
    await appendEntries(tx, { kind: "system", job: name }, new Date(), entries);
    if (number % 3 === 2) throw new ChangedMind();
  });
  written += entries.length;
}

for (let number = 0; number < Number(changes); number += 2) {
  const pair = await Promise.allSettled([write(number), write(number + 1)]);
  for (const one of pair)
    if (one.status === "rejected" && !(one.reason instanceof ChangedMind)) throw one.reason;
}
await closeDatabase(db);
process.stdout.write(String(written));
