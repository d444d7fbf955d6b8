import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { portalFolder } from "./build.ts";

const routesFolder = join(portalFolder, "src/routes");

/** A form action: the route of its page and its name, empty for the default action. */
export type FormAction = `${string}?/${string}`;

/** All form actions, read from the file system so that none is missed. */
export function collectActions(): FormAction[] {
  return globSync("**/+page.server.ts", { cwd: routesFolder })
    .flatMap((path) => {
      const route = `/${path.replaceAll("\\", "/").replace(/\/?\+page\.server\.ts$/, "")}`;
      const [, actions] = readFileSync(join(routesFolder, path), "utf8").split(/^export const actions\b/m);
      const names = [...(actions ?? "").matchAll(/^ {2}(?:async )?(\w+)(?::|\(|,$)/gm)].map(
        ([, name]) => name,
      );
      return names.map((name) => `${route}?/${name === "default" ? "" : name}` as const);
    })
    .sort();
}

/** The routes as URL patterns, static ones before those with parameters. */
function patternOf(route: string): RegExp {
  const path = route
    .split("/")
    .filter((segment) => segment !== "" && !/^\(.*\)$/.test(segment))
    .map((segment) => segment.replace(/\[[^\]]+\]/g, "[^/]+"))
    .join("/");
  return new RegExp(`^/${path}$`);
}

/** The action of a URL that was posted to. */
export function actionOf(address: string, actions: readonly FormAction[]): FormAction | undefined {
  const { pathname, search } = new URL(address);
  const name = /[?&]\/(\w+)/.exec(search)?.[1] ?? "";
  const fits = actions.filter((action) => {
    const [route = "", own = ""] = action.split("?/");
    return own === name && patternOf(route).test(pathname);
  });
  return fits.sort((a, b) => a.split("[").length - b.split("[").length)[0];
}
