import { isSnapshotName } from "@sor/core/snapshots";
import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv, Deps } from "../app-env.ts";
import { snapshotPlaceOf } from "../config.ts";
import { type Limiter, limitRate } from "../http/limits.ts";
import { newRouter } from "../http/router.ts";
import { problem } from "../problems/index.ts";
import { type ListedEntry, type PublishedFiles, watchPublished } from "./published-files.ts";
import { sendFile } from "./send-file.ts";

/** The first folders of the authority's file site: a consumer changes only the host name. */
const oldRoots = ["sor", "sor_produktion", "sor2_produktion", "shak"];
const inSnapshot = "snapshots";
const headers = {
  "Cache-Control": "public, no-cache",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

/** A folder as a page with one link a line, which programs read as they did the file site's. */
function folderPage(path: string, entries: readonly ListedEntry[]) {
  const rows = entries.map(({ name, bytes, modifiedAt }) => {
    const size = bytes === null ? "" : String(bytes);
    return html`<tr><td><a href="${encodeURI(name)}">${name}</a></td><td>${size}</td><td>${modifiedAt?.toISOString() ?? ""}</td></tr>
`;
  });
  return html`<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Filer: ${path}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}td{padding-right:2rem}</style></head>
<body><h1>${path}</h1><table><thead><tr><th>Navn</th><th>Byte</th><th>Dannet</th></tr></thead><tbody>
<tr><td><a href="../">../</a></td><td></td><td></td></tr>
${rows}</tbody></table></body></html>`;
}

const byName = (a: ListedEntry, b: ListedEntry) => (a.name < b.name ? -1 : 1);

/**
 * The published files, open to anybody: the newest snapshot at the addresses of the authority's file site and below `/files`,
 * and each kept one below `/files/snapshots/NAME`. Answered from disk, without the database.
 */
export function files(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  for (const root of ["files", ...oldRoots]) app.use(`/${root}/*`, limitRate(deps, limiter));
  const published = watchPublished(snapshotPlaceOf(deps.config).filesDir);
  const answer = (c: Context<AppEnv>, path: string) => answerPath(c, deps, { published, path });
  app.get("/files", (c) => c.redirect("/files/", 308));
  app.get("/files/*", (c) => answer(c, pathOf(c).slice("/files/".length)));
  for (const root of oldRoots) app.get(`/${root}/*`, (c) => answer(c, pathOf(c).slice(1)));
  return app;
}

const pathOf = (c: Context<AppEnv>) => decodeURIComponent(new URL(c.req.url).pathname);

type Asked = { published: PublishedFiles; path: string };

async function answerPath(c: Context<AppEnv>, deps: Deps, { published, path }: Asked): Promise<Response> {
  const names = await published.names();
  const [folder, name = "", ...rest] = path.split("/");
  if (folder !== inSnapshot) {
    const [newest] = names;
    return newest === undefined
      ? problem(c, "not-found")
      : await answerIn(c, deps, { published, name: newest, path, isNewest: true });
  }
  if (name === "") {
    const entries = names.map((each) => ({ name: `${each}/`, bytes: null, modifiedAt: null }));
    return c.html(folderPage(`/files/${inSnapshot}/`, entries), 200, headers);
  }
  if (!isSnapshotName(name) || !names.includes(name)) return problem(c, "not-found");
  return await answerIn(c, deps, { published, name, path: rest.join("/"), isNewest: false });
}

type Inside = Asked & { name: string; isNewest: boolean };

async function answerIn(
  c: Context<AppEnv>,
  deps: Deps,
  { published, name, path, isNewest }: Inside,
): Promise<Response> {
  const { files: known, folders } = await published.tree(name);
  const file = known.get(path.toLowerCase());
  if (file) return await sendFile(c, deps, { file, address: path, isNewest });
  const place = path.replace(/\/$/, "").toLowerCase();
  const entries = folders.get(place);
  if (!entries) return problem(c, "not-found");
  if (place !== "" && !path.endsWith("/")) return c.redirect(`${new URL(c.req.url).pathname}/`, 308);
  const listed = [...entries.values()].sort(byName);
  if (place === "" && isNewest) listed.push({ name: `${inSnapshot}/`, bytes: null, modifiedAt: null });
  return c.html(folderPage(pathOf(c), listed), 200, headers);
}
