import { type Context, createContext, type Database } from "@sor/core";
import {
  type Actor,
  actorForUserId,
  createDemoUser,
  grantRole,
  inviteUser,
  listUsers,
  NewInvitation,
} from "@sor/core/access";
import { createAlertSubscription, NewAlertSubscription } from "@sor/core/alerts";
import { listChangeSets, NewProposal, propose, submitChangeSet } from "@sor/core/changesets";
import { createSupplier, listSystems } from "@sor/core/endpoints";
import { completeGln, makeSorId } from "@sor/core/identifiers";
import { createRange, reserveNumber } from "@sor/core/location-numbers";
import { listDrafts, listTemplates } from "@sor/core/notice-plans";
import { listOrganisationalLevels } from "@sor/core/organisational-levels";
import { listChildren } from "@sor/core/organisations";
import { takeMessages } from "@sor/core/outbox";
import { assignProfile, ProfileAssignment, ProfileFields, saveProfile } from "@sor/core/profiles";
import { aLocation, anEndpoint, aPerson, applySet, aVendor, draftSet, unitToCreate } from "@sor/core/testing";
import { addDays, dayInDenmark } from "@sor/core/validity";
import {
  acceptSwitch,
  beginSwitch,
  confirmMapping,
  continueSwitches,
  listSwitches,
  NewVendorSwitch,
  SwitchAcceptance,
} from "@sor/core/vendor-switches";
import { type DemoPortal, logIn } from "./demo-portal.ts";
import { editorOf } from "./location-page.ts";
import { aRefusedMessage, aReleaseThatWaits } from "./page-samples.ts";
import { publicationSamples } from "./publication-samples.ts";
import { aSubscriber } from "./subscribers.ts";

const receiverOf = (place: number) => completeGln(`57900069991${place}`);

/**
 * URLs, by route, of pages on which every form can succeed, instead of those of read-only visits: each form that uses something
 * up gets its own object. `answers` are values that only they have, by field.
 */
export async function formSamples({
  db,
  accounts,
  origin,
}: DemoPortal): Promise<{ addresses: Record<string, string[]>; answers: Record<string, string> }> {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  const [account] = accounts.portal.vendors;
  const user = (await listUsers(ctx, {})).find(({ username }) => username === account?.username);
  if (!account || !user?.supplierId) throw new Error("the demo has no vendor");
  const { supplierId } = user;
  // Further sessions: one to be ended alone, one among "all others".
  for (let sessions = 0; sessions < 2; sessions += 1) await logIn(origin, account);
  const [subscription, webhook] = await twoSubscriptions(ctx, supplierId);
  const pending = await aPendingSubscription(ctx, supplierId);
  const endpointId = await anEndpoint(db, { supplierId, address: "https://example.org/formularer" });

  const sender = accounts.gateway.keys[0]?.sendsFrom[0] ?? "";
  const message = (place: number) =>
    aRefusedMessage(db, { sender, supplierId, receiver: receiverOf(place), reference: `L00013${place}` });
  const [moved, again, grouped] = [await message(1), await message(2), await message(3)];
  const asColleague = createContext(db, await aPerson(db, supplierId, ctx.now), ctx.now);
  const { receiver } = accounts.gateway.example;
  for (const reference of ["L000778", "L000779"])
    await aReleaseThatWaits(ctx, asColleague, { sender, receiver, reference });
  const switches = await switchSamples(db, supplierId);
  // Before the change sets: the newest of them is undone by its form.
  const units = await unitSamples(ctx, supplierId);
  const addresses = {
    "/(member)/aendringssaet/[id]": await setSamples(db, ctx, accounts.portal.authority.username),
    "/(member)/alarmer/[id]": [webhook, pending.id, subscription].map((id) => `/alarmer/${id}`),
    ...(await accountSamples(ctx, db, supplierId)),
    ...(await noticePlanSamples(ctx)),
    ...{ ...(await publicationSamples(ctx, db)), ...(await subscriptionSamples(ctx, db)) },
    "/(member)/endepunkter/[id]": [`/endepunkter/${endpointId}`],
    ...units,
    "/(member)/leverandoerskifte/[id]": switches.ids.map((id) => `/leverandoerskifte/${id}`),
    "/(member)/profiler/[id]": await profileSamples(db, supplierId, sender),
    "/(member)/udfasning": ["/udfasning", "/udfasning?ret=DIS01%20D0133L"],
    "/(member)/lokationer": [`/lokationer?text=${sender}`],
    "/(member)/meddelelser/[id]/handling/[step]": [`/meddelelser/${again.id}/handling/retry`],
    "/(member)/meddelelser/[id]/omdiriger": [`/meddelelser/${moved.id}/omdiriger`],
    "/(member)/meddelelser/ikke-afleverede/gruppe": [`/meddelelser/ikke-afleverede/gruppe?${grouped.group}`],
  };
  return {
    addresses,
    answers: { glns: sender, code: pending.code, noegle: switches.key, numre: switches.free },
  };
}

/** A profile of the vendor from which a location number of its deviates. */
async function profileSamples(db: Database, supplierId: string, gln: string): Promise<string[]> {
  const ctx = createContext(db, editorOf(supplierId), new Date());
  const types = [{ messageType: "DIS91", version: "D9134L", direction: "receive" }];
  const { id } = await saveProfile(ctx, {
    ...ProfileFields.parse({ name: "Formularprofil", types }),
    supplierId,
  });
  await assignProfile(ctx, ProfileAssignment.parse({ profileId: id, glns: [gln] }));
  return [`/profiler/${id}`];
}

/** Switches of the vendor: one that it has offered, one to be mapped and one that is halted; and the key of one offered to it. */
async function switchSamples(
  db: Database,
  supplierId: string,
): Promise<{ ids: string[]; key: string; free: string }> {
  const at = new Date();
  const other = await aVendor(db);
  const [asVendor, asOther] = [supplierId, other.supplierId].map((id) => createContext(db, editorOf(id), at));
  if (!asVendor || !asOther) throw new Error("both vendors have an editor");
  const today = dayInDenmark(at);
  const begin = async (from: string, toSupplierId: string, place: number) => {
    const gln = completeGln(`5790006998${place}1`);
    await aLocation(db, { gln, supplierId: from });
    const input = NewVendorSwitch.parse({ toSupplierId, glns: [gln], waves: [{ day: today }] });
    return await beginSwitch(from === supplierId ? asVendor : asOther, input);
  };
  // In no switch yet.
  const free = completeGln("579000699841");
  await aLocation(db, { gln: free, supplierId });
  const offered = await begin(supplierId, other.supplierId, 1);
  const halted = await begin(other.supplierId, supplierId, 2);
  const open = await begin(other.supplierId, supplierId, 3);
  await acceptSwitch(asVendor, SwitchAcceptance.parse({ key: halted.key }));
  const [system] = await listSystems(asVendor, { supplierId });
  const endpointId = await anEndpoint(db, { supplierId });
  const mapping = { systemId: system?.id ?? "", endpointId, types: [] };
  await confirmMapping(asVendor, { id: halted.id, mapping });
  while (await continueSwitches(createContext(db, { kind: "system", job: "test" }, at)));
  await db.$client.query(
    "update vendor_switches set state = 'halted', fault = 'deliveries-failed' where id = $1",
    [halted.id],
  );
  const accepted = (await listSwitches(asVendor)).find(({ state }) => state === "accepted");
  return { ids: [offered.id, accepted?.id ?? "", halted.id], key: open.key, free };
}

/** A draft to be deleted, and a template to be changed and deleted; both are the demo's. */
async function noticePlanSamples(ctx: Context): Promise<Record<string, string[]>> {
  const [[draft], [template]] = [await listDrafts(ctx), await listTemplates(ctx)];
  return {
    "/(member)/driftsbeskeder/ny": [
      "/driftsbeskeder/ny?type=haendelse",
      `/driftsbeskeder/ny?type=information&kladde=${draft?.id}`,
    ],
    "/(member)/driftsbeskeder/skabeloner": [`/driftsbeskeder/skabeloner?ret=${template?.id}`],
  };
}

/** A subscription that is suspended, and one to be ended. */
async function subscriptionSamples(ctx: Context, db: Database): Promise<Record<string, string[]>> {
  const [suspended, ended] = [
    await aSubscriber(ctx, { isConfirmed: true, kinds: ["window"] }),
    await aSubscriber(ctx, { isConfirmed: true }),
  ];
  await db.$client.query(
    "update subscriptions set state = 'suspended' where topic = 'notices' and wishes->>'kinds' = '[\"window\"]'",
  );
  return {
    "/(public)/drift/abonnement/[token]": [`/drift/abonnement/${suspended}`],
    "/(public)/afmeld/[token]": [`/afmeld/${ended}`],
  };
}

/** A colleague with a second factor and one with two requested roles, a vendor without users, and two invitations. */
async function accountSamples(
  ctx: Context,
  db: Database,
  supplierId: string,
): Promise<Record<string, string[]>> {
  const scope = { kind: "supplier", supplierId } as const;
  const given = { role: "vendor-editor", scope, supplierId } as const;
  const colleague = async (username: string) => {
    const person = { username, name: "Kollega Kollegasen", email: `${username}@example.dk` };
    return await createDemoUser(ctx, { ...person, password: "kollegaens lange kodeord", ...given });
  };
  const { userId } = await colleague("kollega");
  // A vendor may end the second factor and the access of a colleague only while nothing outside the vendor is requested.
  const { userId: own } = await colleague("kollega-to");
  await db.$client.query("update users set two_factor_enabled = true where id = $1", [own]);
  const unused = { name: "Leverandør uden brugere", sorCode: null, email: null, telephone: null };
  const { id: vendor } = await createSupplier(ctx, unused);
  // One request is declined, the other approved.
  const asOther = createContext(db, await authorityColleague(ctx, db), ctx.now);
  for (const role of ["reader", "authority"] as const) {
    await grantRole(asOther, { userId, role, scope: { kind: "all" }, validFrom: ctx.now, validTo: null });
  }
  // One is withdrawn by its form, the other accepted.
  const invite = async (username: string) => {
    const invited = { username, name: "Indbudt Kollega", email: `${username}@example.dk` };
    return `/invitation/${(await inviteUser(ctx, NewInvitation.parse({ ...invited, ...given }))).token}`;
  };
  return {
    "/(member)/brugere": ["/brugere", `/brugere?leverandoer=${vendor}`],
    "/(member)/brugere/[id]": [`/brugere/${own}`, `/brugere/${userId}`],
    "/(public)/invitation/[token]": [await invite("indbudt-en"), await invite("indbudt-to")],
  };
}

/** The other user of the authority in the demo. */
async function authorityColleague(ctx: Context, db: Database): Promise<Actor> {
  const user = (await listUsers(ctx, {})).find(({ username }) => username === "registermyndighed-kollega");
  const actor = user && (await actorForUserId(db, user.id, ctx.now));
  if (!actor) throw new Error("the demo has no second user of the authority");
  return actor;
}

/** Units that the forms of other units choose, by field. */
export const chosenUnits = {
  parentSorId: makeSorId(990_001),
  "successor.0": makeSorId(990_002),
  "other.0": makeSorId(990_003),
};

/** A unit for each form about one, below an owner of the demo, and a range of location numbers. */
async function unitSamples(ctx: Context, supplierId: string): Promise<Record<string, string[]>> {
  const [owner] = (await listChildren(ctx, { sorId: null, limit: 1 })).items;
  const validFrom = dayInDenmark(ctx.now);
  const below = (more: object = {}) => unitToCreate(owner?.sorId ?? "", { validFrom, ...more });
  await applySet(
    ctx,
    Object.values(chosenUnits).map((sorId) => below({ sorId })),
  );
  await createRange(ctx, { prefix: "5790006", from: 98_000, to: 98_999, note: null });
  const kept = { holder: "Formularens nummer", unitSorId: null, reservedUntil: addDays(validFrom, 60) };
  // One is allocated by its form, one released and one retired.
  for (let count = 0; count < 3; count += 1) await reserveNumber(ctx, kept);
  const [level] = await listOrganisationalLevels(ctx.db);
  const forms = ["del", "lokationsnummer", "luk", "ny", "sammenlaeg"];
  const ids = await applySet(ctx, [...forms.map(() => below()), below()]);
  const [moved] = await applySet(ctx, [unitToCreate(ids.at(-1) ?? "", { validFrom, level: "unit" })]);
  const gln = completeGln("579000697999");
  const fields = { supplierId, regionCode: "1081", ediAdministrator: "Regionen" };
  const located = { kind: "location.create", gln, validFrom, unitSorId: moved, fields };
  await applySet(ctx, [located]);
  const routes = forms.map((form, at) => [`/(member)/enhed/[sorId]/${form}`, [`/enhed/${ids[at]}/${form}`]]);
  return {
    ...Object.fromEntries(routes),
    "/(member)/enhed/[sorId]/flyt": [`/enhed/${moved}/flyt`],
    "/(member)/niveauer": ["/niveauer", `/niveauer?ret=${level?.id}`],
    "/(member)/lokationer/[gln]/historik": [`/lokationer/${gln}/historik`],
    "/(public)/enhed/[sorId]": [`/enhed/${ids.at(-1)}?ret=navn`],
  };
}

/** The ids of a feed and a webhook of the supplier. */
async function twoSubscriptions(ctx: Context, supplierId: string): Promise<string[]> {
  const feed = { supplierId, channel: "feed", name: "Vagtens liste" };
  const address = "https://example.org/alarm";
  const hook = { supplierId, channel: "webhook", name: "Vagtens system", address };
  const ids: string[] = [];
  for (const wanted of [feed, hook])
    ids.push((await createAlertSubscription(ctx, NewAlertSubscription.parse(wanted))).subscription.id);
  return ids;
}

/** A mail receiver whose address is not confirmed, and the code that was sent to it. */
async function aPendingSubscription(ctx: Context, supplierId: string): Promise<{ id: string; code: string }> {
  const wanted = { supplierId, channel: "mail", address: "bekraeft@example.dk", name: "Vagtens mail" };
  const { subscription } = await createAlertSubscription(ctx, NewAlertSubscription.parse(wanted));
  const asked = { limit: 100, leaseSeconds: 60, channels: ["mail" as const] };
  const mails = await takeMessages(ctx, asked);
  const texts = mails
    .filter((mail) => mail.subscriptionId === subscription.id)
    .map(({ content }) => content.text);
  const code = /Kode: ([A-Z2-7]{5}-[A-Z2-7]{5})/.exec(texts.join())?.[1];
  if (code === undefined) throw new Error("no code was sent");
  return { id: subscription.id, code };
}

/** Two sets that wait for the authority, and a draft of the authority's whose first command is outdated. */
async function setSamples(db: Database, ctx: Context, username: string): Promise<string[]> {
  const user = (await listUsers(ctx, {})).find((each) => each.username === username);
  const actor = user && (await actorForUserId(db, user.id, ctx.now));
  const [owner] = (await listChildren(ctx, { sorId: null, limit: 1 })).items;
  const [waiting] = (await listChangeSets(ctx, { state: "submitted" })).items;
  if (!actor || !owner || !waiting) throw new Error("the demo has no authority, owner or change set");
  const other = await draftSet(ctx, [unitToCreate(null, { validFrom: "2020-01-01" })]);
  await submitChangeSet(ctx, { id: other });
  const rename = (name: string) => ({
    kind: "unit.change",
    sorId: owner.sorId,
    validFrom: "2099-01-01",
    attributes: { name: `${owner.name.slice(0, 50)} ${name}` },
  });
  const outdated = await draftSet(createContext(db, actor, ctx.now), [rename("A"), rename("B")]);
  await applySet(ctx, [rename("C")]);
  const text = { topics: ["name"], text: "Navnet er et andet." };
  const input = NewProposal.parse({ subjectType: "unit", subjectId: owner.sorId, ...text });
  const proposed = await propose(createContext(db, { kind: "anonymous" }, ctx.now), {
    ...input,
    client: "192.0.2.8",
  });
  return [waiting.id, other, outdated, proposed.set].map((id) => `/aendringssaet/${id}`);
}
