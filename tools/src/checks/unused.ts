import { dirname, join, matchesGlob } from "node:path";

/** Sources by their path relative to the root. */
export type Sources = ReadonlyMap<string, string>;
/** The `exports` of a workspace's package.json, or its `imports`, which have no name before them. */
export type Entry = {
  readonly name: string;
  readonly folder: string;
  readonly targets: Record<string, string>;
};

/** Files whose exports a framework reads: SvelteKit's, and the tables, for drizzle-kit. */
const readByOthers = /(?:^|\/)(?:\+[\w.]+|hooks\.\w+|[\w-]+\.config|app\.d|tables)\.ts$|\.svelte$/;

/** The file that a specifier names: relative, or by the entries of the workspaces. Undefined for an external one. */
function resolveSpecifier(from: string, specifier: string, entries: readonly Entry[]) {
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  for (const { name, folder, targets } of entries) {
    for (const [key, target] of Object.entries(targets)) {
      const whole = name + key.replace(/^\./, "");
      if (whole === specifier) return join(folder, target);
    }
    for (const [key, target] of Object.entries(targets).filter(([key]) => key.endsWith("*"))) {
      const start = name + key.replace(/^\./, "").slice(0, -1);
      if (specifier.startsWith(start))
        return join(folder, target.replace("*", specifier.slice(start.length)));
    }
  }
  return undefined;
}

const namesIn = (list: string) =>
  list.split(",").flatMap((part) => {
    const [name, as] = part
      .trim()
      .replace(/^type\s+/, "")
      .split(/\s+as\s+/);
    return name ? [{ name, as: as ?? name }] : [];
  });

const declared =
  /^export (?:declare )?(?:async )?(?:(?:function\*?|const|let|class|type|interface|enum) (\w+)|const [{[]([^}\]]*)[}\]])/gm;
const listed = /^\s*export (?:type )?\{([^}]*)\}/gm;
const imported =
  /\b(?:import|export)\s+(?:type\s+)?(?:(\w+)\s*,?\s*)?(?:(\*)(?: as \w+)?|\{([^}]*)\})?\s*from\s+["']([^"']+)["']/g;
const loaded = /(?:(?:const|let) \{([^}=]*)\} = await )?import\(\s*["']([^"']+)["']\s*\)(?:\.(\w+))?/g;

/** What a source exports, by name. */
function exportsOf(text: string): string[] {
  const names = [...text.matchAll(declared)].flatMap(([, name, several = ""]) =>
    name ? [name] : namesIn(several).map(({ as }) => as),
  );
  return [
    ...names,
    ...[...text.matchAll(listed)].flatMap(([, list = ""]) => namesIn(list).map(({ as }) => as)),
  ];
}

/** Whether a package of a name exports the whole file. */
const isPublic = (path: string, entries: readonly Entry[]) =>
  entries.some(
    ({ name, folder, targets }) =>
      name !== "" && Object.values(targets).some((target) => matchesGlob(path, join(folder, target))),
  );

/**
 * The exports, as `path: name`, that no other source imports, except those of packages and frameworks. `import *` and a file
 * that is loaded as a whole use all of them.
 */
export function unusedExports(sources: Sources, entries: readonly Entry[]): string[] {
  const used = new Set<string>();
  for (const [path, text] of sources) {
    const use = (specifier: string, names: readonly string[]) => {
      const target = resolveSpecifier(path, specifier, entries);
      for (const name of target ? names : []) used.add(`${target}: ${name}`);
    };
    for (const [, , all, list, specifier = ""] of text.matchAll(imported))
      use(specifier, all ? ["*"] : namesIn(list ?? "").map(({ name }) => name));
    for (const [, list, specifier = "", member] of text.matchAll(loaded))
      use(specifier, list ? namesIn(list).map(({ name }) => name) : [member ?? "*"]);
  }
  return [...sources].flatMap(([path, text]) =>
    readByOthers.test(path) || isPublic(path, entries) || used.has(`${path}: *`)
      ? []
      : exportsOf(text)
          .map((name) => `${path}: ${name}`)
          .filter((each) => !used.has(each)),
  );
}

/** The portal's words, of those keys, that none of its sources names. */
export function unusedWords(keys: readonly string[], sources: Sources): string[] {
  const texts = [...sources].filter(([path]) => path.startsWith("apps/portal/")).map(([, text]) => text);
  const named = new Set(texts.flatMap((text) => text.match(/\b[a-z]\w+\b/g) ?? []));
  return keys.filter((key) => !named.has(key));
}
