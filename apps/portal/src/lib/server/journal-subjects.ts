import type { Context } from "@sor/core";
import { listUsers } from "@sor/core/access";
import { nameSets } from "@sor/core/changesets";
import { listSystems } from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import type { JournalEntry } from "@sor/core/journal";
import { nameGlns, nameUnits } from "@sor/core/organisations";
import { listServices } from "@sor/core/status";
import { endpointNames } from "./message-views.ts";

/** The subject of an entry: its name and its page, where it has them. */
type SubjectView = { id: string; name: string | null; href: string | null };

type Subject = Pick<JournalEntry, "subjectType" | "subjectId" | "before" | "after" | "outcome">;
type Naming = (ctx: Context, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const namedIn = (rows: readonly { id: string; name: string }[]) =>
  new Map(rows.map(({ id, name }) => [id, name]));

const naming: Readonly<Record<string, Naming>> = {
  unit: (ctx, sorIds) => nameUnits(ctx, { sorIds }),
  location: (ctx, glns) => nameGlns(ctx, { glns }),
  endpoint: (ctx, ids) =>
    endpointNames(
      ctx,
      ids.filter((id) => Uuid.safeParse(id).success),
    ),
  "change-set": (ctx, ids) => nameSets(ctx, { ids: ids.filter((id) => Uuid.safeParse(id).success) }),
  system: async (ctx) => namedIn(await listSystems(ctx, {})),
  user: async (ctx) => namedIn(await listUsers(ctx, {})),
  service: async (ctx) => namedIn((await listServices(ctx)).map(({ id, nameDa }) => ({ id, name: nameDa }))),
};

const pages: Readonly<Record<string, (id: string) => string>> = {
  unit: (id) => `/enhed/${id}`,
  location: (id) => `/lokationer/${id}`,
  endpoint: (id) => `/endepunkter/${id}`,
  system: (id) => `/endepunkter/system/${id}`,
  user: (id) => `/brugere/${id}`,
  notice: (id) => `/driftsbeskeder/${id}`,
  "notice-template": () => "/driftsbeskeder/skabeloner",
  "notice-draft": () => "/driftsbeskeder",
  "window-series": () => "/driftsbeskeder/faste-vinduer",
  publication: () => "/redaktion",
  service: () => "/driftsbeskeder#services",
  "change-set": (id) => `/aendringssaet/${id}`,
  "approval-rule": () => "/aendringssaet/regler",
  "vendor-switch": (id) => `/leverandoerskifte/${id}`,
  "message-type-version": (id) => `/udfasning?ret=${encodeURIComponent(id)}`,
  "type-profile": (id) => `/profiler/${id}`,
  "location-profile": (id) => `/lokationer/${id}`,
  "alert-subscription": (id) => `/alarmer/${id}`,
};

/** The subjects of entries, in the same order, with their current names or, failing that, the names in the entries. */
export async function nameSubjects(
  ctx: Context,
  subjects: readonly Subject[],
  vendors: Readonly<Record<string, string>>,
): Promise<SubjectView[]> {
  const names = new Map<string, string>();
  for (const [type, list] of Map.groupBy(subjects, ({ subjectType }) => subjectType)) {
    const ids = list.map(({ subjectId }) => subjectId).filter(isOne);
    if (ids.length === 0) continue;
    for (const [id, name] of (await naming[type]?.(ctx, ids)) ?? []) names.set(`${type} ${id}`, name);
  }
  return subjects.map((subject) => {
    const { subjectType: type, subjectId: id } = subject;
    const today = type === "supplier" ? vendors[id] : names.get(`${type} ${id}`);
    const name = today ?? nameIn(subject.after) ?? nameIn(subject.before);
    return { id, name, href: today !== undefined || isThere(subject) ? (pages[type]?.(id) ?? null) : null };
  });
}

// A subject without a current name exists if this entry left it existing; a refusal may concern one that never existed.
const isThere = ({ subjectType, outcome, after }: Subject) =>
  outcome === "done" && after !== null && (subjectType === "location" || !(subjectType in naming));

// A refusal may concern no particular subject: "any", "all", "unknown".
const isOne = (id: string) => !/^(any|all|unknown|entries)$/.test(id);

function nameIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { name, title, username, versions } = value as Record<string, unknown>;
  if (Array.isArray(versions)) return nameIn(versions.at(-1));
  return [name, title, username].find((each) => typeof each === "string") ?? null;
}
