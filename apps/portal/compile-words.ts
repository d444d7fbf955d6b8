import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Plugin } from "vite";

const source = join(import.meta.dirname, "messages");
const output = join(import.meta.dirname, "src/lib/words/words.ts");

/** A text, or its form for one thing and for several, as the number named by `of` says; that number is written as a language writes it. */
export type Text = string | { of: string; one: string; other: string };
type Words = Readonly<Record<string, Text>>;

const formsOf = (text: Text) => (typeof text === "string" ? [text] : [text.one, text.other]);
const namesIn = (text: Text) => {
  const names = formsOf(text).flatMap((form) =>
    [...form.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name),
  );
  return [...new Set(typeof text === "string" ? names : [text.of, ...names])].sort();
};

/** A template literal of one form; `{name}` becomes the value of that name. */
function literal(form: string, number?: string): string {
  const escaped = form.replaceAll(/[\\`$]/g, "\\$&");
  const value = (name: string) => (name === number ? `formatNumber(values.${name})` : `values.${name}`);
  return `\`${escaped.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$\{${value(name)}}`)}\``;
}

const expressionOf = (text: Text) =>
  typeof text === "string"
    ? literal(text)
    : `(values.${text.of} === 1 ? ${literal(text.one, text.of)} : ${literal(text.other, text.of)})`;

/**
 * The module with one function for each key: it gives the text in the language of the page, with its values filled in.
 * Throws when a key stands in one language only, or when its languages name different values.
 */
export function compileWords(danish: Words, english: Words): string {
  const keys = Object.keys(danish);
  for (const key of new Set([...keys, ...Object.keys(english)])) {
    const [da, en] = [danish[key], english[key]];
    if (da === undefined || en === undefined) throw new Error(`${key} stands in one language only`);
    if (namesIn(da).join() !== namesIn(en).join()) throw new Error(`${key} has other values in English`);
  }
  const functions = keys.map((key) => {
    const [da = "", en = ""] = [danish[key], english[key]];
    const numbers = [da, en].flatMap((text) => (typeof text === "string" ? [] : [text.of]));
    const fields = namesIn(da).map((name) => `${name}: ${numbers.includes(name) ? "number" : "unknown"}`);
    const given = fields.length > 0 ? `values: { ${fields.join("; ")} }` : "";
    return `export const ${key} = (${given}) => (getLanguage() === "en" ? ${expressionOf(en)} : ${expressionOf(da)});`;
  });
  const head =
    'import { formatNumber } from "../format-number.ts";\nimport { getLanguage } from "../language.ts";';
  return [head, "", ...functions, ""].join("\n");
}

function wordsOf(language: "da" | "en"): Words {
  const all: Record<string, Text> = {};
  for (const path of globSync(join(source, language, "*.json")).sort()) {
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(path, "utf8")) as Words)) {
      if (key in all) throw new Error(`${key} stands twice, the second time in ${basename(path)}`);
      all[key] = text;
    }
  }
  return all;
}

/** Writes the compiled words where they differ from what is there; two programs may do so at once. */
function writeWords(): void {
  const texts = {
    [output]: compileWords(wordsOf("da"), wordsOf("en")),
    [join(dirname(output), "index.ts")]: 'export * as m from "./words.ts";\n',
  };
  mkdirSync(dirname(output), { recursive: true });
  const written = new Set(globSync(join(dirname(output), "*.ts")));
  for (const [path, text] of Object.entries(texts)) {
    if (written.has(path) && readFileSync(path, "utf8") === text) continue;
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
  }
}

/** Compiles `messages/LANGUAGE/*.json` before a build, and again with every change while developing. */
export function words(): Plugin {
  return {
    name: "words",
    buildStart: writeWords,
    configureServer: ({ watcher }) => {
      watcher.add(source);
      watcher.on("all", (_, path) => {
        if (path.startsWith(source)) writeWords();
      });
    },
  };
}

if (import.meta.main) writeWords();
