/** A program that previews one set until it is killed; writes a line after each preview. Arguments: database URL, set id. */
import { previewChangeSet } from "../changesets/index.ts";
import { createContext } from "../context.ts";
import { openDatabase } from "../database/index.ts";

const [url = "", id = ""] = process.argv.slice(2);
const db = openDatabase(url);
for (;;) {
  await previewChangeSet(createContext(db, { kind: "system", job: "preview" }, new Date()), { id });
  process.stdout.write("previewed\n");
}
