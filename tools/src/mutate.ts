import { equivalents } from "./mutate/equivalents.ts";
import { rules } from "./mutate/rules.ts";
import { scoreOf, type Tried, tryFolder } from "./mutate/try-folder.ts";
import { root } from "./root.ts";

/** The percentage of mutants that the tests must detect. */
const least = 90;

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(rules, name));
if (names.length === 0 || (unknown !== undefined && unknown !== "all")) {
  console.error(
    `Usage: npm run mutate -- FOLDER… or all, where FOLDER is one of: ${Object.keys(rules).join(", ")}`,
  );
  process.exit(2);
}

function tell(name: string, tried: Tried): void {
  for (const { file, mutant } of tried.survivors) console.log(`${file}:${mutant.line}  ${mutant.change}`);
  for (const { file, change } of tried.stale)
    console.log(`${file}  is not equivalent, or is not there: ${change}`);
  const { mutants, noticed, equivalent } = tried;
  const score = Math.floor(scoreOf(tried));
  console.log(`${name}: ${mutants} mutants, ${noticed} noticed, ${equivalent} equivalent: ${score} %`);
}

let isEnough = true;
for (const name of names.includes("all") ? Object.keys(rules) : names) {
  const of = rules[name];
  if (!of) continue;
  const tried = await tryFolder(root, of, equivalents);
  tell(name, tried);
  isEnough &&= scoreOf(tried) >= least && tried.stale.length === 0;
}
process.exit(isEnough ? 0 : 1);
