import { randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { createDemoKey, createDemoUser, type GrantScope, type Role } from "../access/index.ts";
import { apiKeys, users } from "../access/tables.ts";
import { changeSets } from "../changesets/tables.ts";
import { type Context, change, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { suppliers } from "../endpoints/tables.ts";
import { journalEntries } from "../journal/tables.ts";
import { createRange, NumberReservation, reserveNumber } from "../location-numbers/index.ts";
import { locationNumberRanges } from "../location-numbers/tables.ts";
import { typeProfiles, versionPhases } from "../message-types/tables.ts";
import { newsArticles } from "../news/tables.ts";
import { scopes } from "../permissions/index.ts";
import { setPhase, VersionPhaseFields } from "../phasing-out/index.ts";
import { notices } from "../status/tables.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";
import { vendorSwitches } from "../vendor-switches/tables.ts";
import { type DemoAccounts, demoAccountsIn } from "./accounts.ts";
import { asDemoUser, loadChangeSets } from "./change-sets.ts";
import { type Country, inventCountry } from "./country.ts";
import { loadCountry } from "./load-country.ts";
import { loadNews } from "./news.ts";
import { loadNotices } from "./notices.ts";
import { itsSuccessor, phasedOut } from "./profiles.ts";
import { loadRoadmap } from "./roadmap.ts";
import { loadProfiles } from "./type-profiles.ts";
import { loadSwitches } from "./vendor-switches.ts";

export type DemoOptions = { dataDir: string; units: number; seed?: number | undefined; now: Date };

const historyDays = 60;
const keyDays = 700;
const reservedDays = 60;
const colleagueName = "registermyndighed-kollega";
const regionOf = (country: Country) => country.organisations[0]?.sorId ?? "";

async function isLoaded(db: Database, subjectId: string): Promise<boolean> {
  const entry = and(eq(journalEntries.subjectType, "register"), eq(journalEntries.subjectId, subjectId));
  return (await db.$count(journalEntries, entry)) > 0;
}

/**
 * Fills an empty database with an invented country, its vendors' accounts and keys, and a few notices; writes
 * `demo-accounts.json` into the data folder. Asked again it changes nothing; cut short it goes on where it was.
 */
export async function loadDemo(database: Database, options: DemoOptions): Promise<void> {
  const { now } = options;
  const contextAt = (instant: Date): Context =>
    createContext(database, { kind: "system", job: "demo" }, instant);
  if (await isLoaded(database, "demo-complete")) return;
  // The register is told as known for a while, so that the history and "what we knew" have something to show.
  const start = new Date(now.getTime() - historyDays * 86_400_000);
  const country = inventCountry(options.units, options.seed ?? 1, now);
  const accounts = await demoAccountsIn(options.dataDir, country, now);
  if (!(await isLoaded(database, "demo"))) await loadCountry(contextAt(start), country);
  await createUsers(database, contextAt(start), accounts, country);
  if ((await database.$count(locationNumberRanges)) === 0)
    await loadNumbers(contextAt(start), contextAt(now), regionOf(country));
  if ((await database.$count(notices)) === 0) await loadNotices(contextAt, now);
  if ((await database.$count(versionPhases)) === 0) await loadPhase(contextAt(start), dayInDenmark(now));
  if ((await database.$count(newsArticles)) === 0) {
    await loadNews(contextAt, now);
    await loadRoadmap(contextAt, now);
  }
  if ((await database.$count(changeSets)) === 0) {
    const { authority, region } = accounts.portal;
    const people = { authority: authority.username, region: region.username, colleague: colleagueName };
    await loadChangeSets(database, contextAt, { now, people, region: regionOf(country) });
  }
  if ((await database.$count(vendorSwitches)) === 0) {
    const ids = await supplierIds(database);
    const vendors = accounts.portal.vendors.map(({ username, vendor }) => {
      return { username, supplierId: ids.get(vendor) ?? "" };
    });
    await loadSwitches(database, asDemoUser(database, contextAt, now), { now, vendors });
  }
  if ((await database.$count(typeProfiles)) === 0) {
    const { authority, vendors } = accounts.portal;
    const as = asDemoUser(database, contextAt, now);
    const [vendor] = vendors;
    const supplierId = (await supplierIds(database)).get(vendor?.vendor ?? "");
    if (vendor && supplierId)
      await loadProfiles(await as(authority.username, 8), await as(vendor.username, 7), { supplierId });
  }
  await createKeys(database, contextAt(now), accounts);
  await markComplete(contextAt(now));
}

async function supplierIds(database: Database): Promise<Map<string, string>> {
  const rows = await database.select({ id: suppliers.id, name: suppliers.name }).from(suppliers);
  return new Map(rows.map((row) => [row.name, row.id]));
}

async function createUsers(
  database: Database,
  ctx: Context,
  accounts: DemoAccounts,
  country: Country,
): Promise<void> {
  const ids = await supplierIds(database);
  const { authority, region, vendors } = accounts.portal;
  const wanted: {
    login: { username: string; password: string };
    name: string;
    role: Role;
    scope: GrantScope;
    supplierId: string | null;
  }[] = [
    {
      login: authority,
      name: "Registermyndigheden (demo)",
      role: "authority",
      scope: { kind: "all" },
      supplierId: null,
    },
    {
      login: region,
      name: "Sundhed Nordkyst (demo)",
      role: "region",
      scope: { kind: "subtree", sorId: regionOf(country) },
      supplierId: null,
    },
    // Drafts what the authority approves; nobody knows the password.
    {
      login: { username: colleagueName, password: randomBytes(15).toString("base64url") },
      name: "Karen Kollega (demo)",
      role: "authority",
      scope: { kind: "all" },
      supplierId: null,
    },
    ...vendors.map((login) => {
      const supplierId = ids.get(login.vendor) ?? "";
      return {
        login,
        name: `${login.vendor} (demo)`,
        role: "vendor-administrator" as const,
        scope: { kind: "supplier" as const, supplierId },
        supplierId,
      };
    }),
  ];
  for (const { login, ...user } of wanted) {
    if ((await database.$count(users, eq(users.username, login.username))) > 0) continue;
    await createDemoUser(ctx, { ...login, ...user, email: `${login.username}@example.dk` });
  }
}

/** A range of location numbers, one of them reserved, so that the pages about them have something to show. */
async function loadNumbers(earlier: Context, ctx: Context, region: string): Promise<void> {
  await createRange(earlier, { prefix: "5799980", from: 0, to: 9_999, note: "Demo" });
  const reservedUntil = addDays(dayInDenmark(ctx.now), reservedDays);
  const kept = { holder: "Nyt sundhedshus", unitSorId: region, reservedUntil };
  await reserveNumber(ctx, NumberReservation.parse(kept));
}

/** A version that is being phased out for half a year more. */
async function loadPhase(ctx: Context, today: string): Promise<void> {
  const phase = { phasedOutFrom: addDays(today, -30), endsOn: addDays(today, 180), successor: itsSuccessor };
  await setPhase(ctx, VersionPhaseFields.parse({ ...phasedOut, phase }));
}

async function createKeys(database: Database, ctx: Context, accounts: DemoAccounts): Promise<void> {
  const ids = await supplierIds(database);
  for (const { key, vendor } of accounts.gateway.keys) {
    const supplierId = ids.get(vendor) ?? "";
    if ((await database.$count(apiKeys, eq(apiKeys.supplierId, supplierId))) > 0) continue;
    await createDemoKey(ctx, {
      key,
      supplierId,
      name: "Demonøgle",
      scopes: [...scopes],
      glns: null,
      expiresAt: new Date(ctx.now.getTime() + keyDays * 86_400_000),
    });
  }
}

async function markComplete(ctx: Context): Promise<void> {
  const subject = { type: "register", id: "demo-complete" } as const;
  await change(ctx, { action: "register.import", subject }, async () => ({
    result: undefined,
    entries: [{ subjectType: "register", subjectId: "demo-complete" }],
  }));
}
