/** What a page is checked against: whether a path of the repository exists, and the names of the npm scripts. */
type Facts = { readonly exists: (path: string) => boolean; readonly scripts: ReadonlySet<string> };

const ownFolders = /^(?:packages|apps|tools|docs|\.ci)\//;
const npmItself = new Set(["ci", "install", "view", "exec"]);

function linkFaults(text: string, folder: string, facts: Facts): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  return (
    targets
      // A link that begins with a slash leads to a page of the portal, which follows the links of its guides itself.
      .filter((target) => !/^(?:https?:|mailto:|#|\/)/.test(target))
      .map((target) => new URL(target.split("#")[0] as string, `file:///${folder}`).pathname.slice(1))
      .filter((path) => !facts.exists(decodeURIComponent(path)))
      .map((path) => `link to ${path}, which is not there`)
  );
}

function pathFaults(text: string, facts: Facts): string[] {
  const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => (code as string).trim());
  return named
    .filter((code) => ownFolders.test(code) && !/[\s<>{}…]/.test(code))
    .map((code) => code.replace(/:\d+$/, ""))
    .filter((path) => !facts.exists(path))
    .map((path) => `path ${path}, which is not there`);
}

function commandFaults(text: string, facts: Facts): string[] {
  const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([found]) => found).join("\n");
  const commands = [...code.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)];
  return commands
    .map(([, name]) => name as string)
    .filter((name) => !npmItself.has(name) && !facts.scripts.has(name))
    .map((name) => `command npm ${name}, which is no script of package.json`);
}

/** Broken links, paths in code marks and npm commands of a page. `folder` is the page's own, "" at the root. */
export function docFaults(text: string, folder: string, facts: Facts): string[] {
  return [...linkFaults(text, folder, facts), ...pathFaults(text, facts), ...commandFaults(text, facts)];
}

// Written so that this file does not match its own pattern.
const registryHost = /\b(?:registry\.(?:npmjs|yarnpkg|npmmirror)\.\w+|npm\.pkg\.github\.\w+|\w+\.jfrog\.io)/;

/** What no file of the repository may contain: the host of a package registry, or the path of somebody's checkout. */
export function repositoryFaults(text: string, checkout: string): string[] {
  const faults: string[] = [];
  const host = registryHost.exec(text)?.[0];
  if (host) faults.push(`host of a package registry: ${host}`);
  if (text.includes(checkout)) faults.push(`absolute path of a checkout: ${checkout}`);
  return faults;
}
