import { eq, sql } from "drizzle-orm";
import { actorForUserId } from "../access/index.ts";
import { users } from "../access/tables.ts";
import {
  addCommands,
  applyChangeSet,
  approveChangeSet,
  createChangeSet,
  declineChangeSet,
  previewChangeSet,
  propose,
  revertChangeSet,
  submitChangeSet,
  withdrawChangeSet,
} from "../changesets/index.ts";
import { asActor, type Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";

const hourMilliseconds = 3_600_000;

/** The user names of those who edit the demo's register: the authority, a colleague there, and a region. */
type DemoEditors = { authority: string; colleague: string; region: string };

type Editing = {
  /** A demo user, some hours before now. */
  as: (username: string, hoursAgo: number) => Promise<Context>;
  people: DemoEditors;
  region: string;
  clinics: { sorId: string; name: string }[];
  /** Today, and a day to come. */
  today: string;
  later: string;
};

/** Gives the context of a demo user, some hours before now. */
export const asDemoUser =
  (database: Database, contextAt: (instant: Date) => Context, now: Date) =>
  async (username: string, hoursAgo: number): Promise<Context> => {
    const ctx = contextAt(new Date(now.getTime() - hoursAgo * hourMilliseconds));
    const [user] = await database.select({ id: users.id }).from(users).where(eq(users.username, username));
    const actor = user && (await actorForUserId(database, user.id, ctx.now));
    if (!actor) throw new Error(`the demo has no user ${username}`);
    return asActor(ctx, actor);
  };

/** A change set in each state, so that the pages about editing the register have something to show. */
export async function loadChangeSets(
  database: Database,
  contextAt: (instant: Date) => Context,
  { now, people, region }: { now: Date; people: DemoEditors; region: string },
): Promise<void> {
  const as = asDemoUser(database, contextAt, now);
  const today = dayInDenmark(now);
  const found = await database.execute<{ sorId: string; name: string }>(sql`
    select v.sor_id as "sorId", v.name from organisation_versions v join organisations o on o.sor_id = v.sor_id
    where o.level = 'institution' and v.superseded_at is null and v.valid_to is null and v.gln is not null
      and v.valid_from < ${addDays(today, -30)}
    order by v.sor_id limit 4`);
  const editing = { as, people, region, clinics: found.rows, today, later: addDays(today, 40) };
  await applyAndUndo(editing);
  await decideOnSets(editing);
  await collectDrafts(editing);
  const someHoursAgo = contextAt(new Date(now.getTime() - 4 * hourMilliseconds));
  await proposeAsCitizen(asActor(someHoursAgo, { kind: "anonymous" }), editing.clinics[0]);
}

async function submitted(
  ctx: Context,
  title: string,
  commands: readonly unknown[],
  comment: string | null = null,
): Promise<string> {
  const { id } = await createChangeSet(ctx, { title, comment });
  await addCommands(ctx, { id, commands });
  await submitChangeSet(ctx, { id });
  return id;
}

async function applyAndUndo({ as, people, region, later }: Editing): Promise<void> {
  const ctx = await as(people.region, 30);
  const change = (title: string, telephone: string, validFrom: string) =>
    submitted(ctx, title, [
      { kind: "unit.change", sorId: region, validFrom, attributes: { virtualAddress: { telephone } } },
    ]);
  const kept = await change("Nyt hovednummer til regionen", "70101010", later);
  await applyChangeSet(ctx, { id: kept });
  const wrong = await change("Hovednummer, prøve", "70202020", addDays(later, 30));
  await applyChangeSet(ctx, { id: wrong });
  const undo = await revertChangeSet(ctx, { id: wrong });
  await submitChangeSet(ctx, { id: undo.id });
  await applyChangeSet(ctx, { id: undo.id });
}

/** An owner with a clinic, from a day on: a new owner needs a second person. */
const newOwner = (name: string, validFrom: string) => [
  {
    kind: "unit.create",
    sorId: "new:ejer",
    level: "owner",
    validFrom,
    attributes: { parentSorId: null, name: `${name} ApS`, typeCode: "550891000005100" },
  },
  {
    kind: "unit.create",
    sorId: "new:klinik",
    level: "institution",
    validFrom,
    attributes: {
      parentSorId: "new:ejer",
      name,
      typeCode: "547011000005103",
      postalAddress: { street: "Havnegade", building: "4", postCode: "9400", district: "Nørresundby" },
      virtualAddress: { telephone: "70303030", email: "kontakt@example.dk" },
    },
  },
];

async function decideOnSets({ as, people, clinics, region, later }: Editing): Promise<void> {
  const [author, authority] = [await as(people.colleague, 26), await as(people.authority, 20)];
  await submitted(
    author,
    "Ny ejer: Fjordens Fysioterapi",
    newOwner("Fjordens Fysioterapi", later),
    "Ansøgning modtaget med brev fra ejeren.",
  );
  const approved = await submitted(
    author,
    "Ny ejer: Havnens Genoptræning",
    newOwner("Havnens Genoptræning", later),
  );
  const { hash } = await previewChangeSet(authority, { id: approved });
  await approveChangeSet(authority, { id: approved, hash });
  const [moved] = clinics;
  if (!moved) return;
  const declined = await submitted(author, `Flyt ${moved.name} til regionen`, [
    { kind: "unit.move", sorId: moved.sorId, validFrom: later, parentSorId: region },
  ]);
  const seen = await previewChangeSet(authority, { id: declined });
  const comment = "Aftalen gælder først fra nytår. Ret dagen, og send igen.";
  await declineChangeSet(authority, { id: declined, hash: seen.hash, comment });
}

async function collectDrafts({ as, people, region, clinics, later }: Editing): Promise<void> {
  const rename = ({ sorId, name }: { sorId: string; name: string }) => ({
    kind: "unit.change",
    sorId,
    validFrom: later,
    attributes: { name: `${name.slice(0, 50)} (ny)` },
  });
  const draft = async (ctx: Context, title: string, commands: readonly unknown[]) => {
    const { id } = await createChangeSet(ctx, { title, comment: null });
    await addCommands(ctx, { id, commands });
    return id;
  };
  const [authority, ctx] = [await as(people.authority, 6), await as(people.region, 5)];
  const telephone = { virtualAddress: { telephone: "70404040" } };
  const own = { kind: "unit.change", sorId: region, validFrom: later, attributes: telephone };
  const dropped = await draft(ctx, "Nyt telefonnummer, opgivet", [own]);
  await withdrawChangeSet(ctx, { id: dropped });
  await draft(ctx, "Telefonnummer fra næste måned", [own]);
  await draft(authority, "Nye navne på klinikker", clinics.slice(1).map(rename));
}

async function proposeAsCitizen(ctx: Context, clinic: { sorId: string } | undefined): Promise<void> {
  if (!clinic) return;
  const text = "Klinikken er flyttet til nummer 14. Det står på deres hjemmeside.";
  const about = { subjectType: "unit" as const, subjectId: clinic.sorId, address: null, client: "192.0.2.1" };
  await propose(ctx, { ...about, topics: ["address"], text });
}
