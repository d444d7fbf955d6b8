import { readdirSync } from "node:fs";
import { join } from "node:path";
import { portalFolder } from "./build.ts";

const routesFolder = join(portalFolder, "src/routes");

/** The routes of all pages, such as `/(member)/brugere/[id]`, read from the file system so that none is missed. */
export function collectRoutes(): string[] {
  return readdirSync(routesFolder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /(?:^|\/)\+page\.svelte$/.test(path))
    .map((path) => `/${path.replace(/\/?\+page\.svelte$/, "")}`)
    .sort();
}

/** The URL of a route: its sample, or the route without groups. Throws for a parameter without a sample. */
export function addressOf(route: string, samples: Readonly<Record<string, string>>): string {
  const sample = samples[route];
  if (sample !== undefined) return sample;
  const segments = route.split("/").filter((segment) => segment !== "" && !/^\(.*\)$/.test(segment));
  if (segments.some((segment) => segment.includes("["))) {
    throw new Error(
      `${route} has a parameter and no sample address: name one in src/testing/page-samples.ts`,
    );
  }
  return `/${segments.join("/")}`;
}
