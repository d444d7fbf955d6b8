import { type Context, createContext, type Database } from "@sor/core";
import { actorForUserId, createDemoUser, inviteUser, listUsers, NewInvitation } from "@sor/core/access";
import { createAlertSubscription, NewAlertSubscription } from "@sor/core/alerts";
import { listChangeSets, submitChangeSet } from "@sor/core/changesets";
import { completeGln, makeSorId } from "@sor/core/identifiers";
import { createRange } from "@sor/core/location-numbers";
import { listChildren } from "@sor/core/organisations";
import { anEndpoint, aPerson, applySet, draftSet, unitToCreate } from "@sor/core/testing";
import { dayInDenmark } from "@sor/core/validity";
import { type DemoPortal, logIn } from "./demo-portal.ts";
import { aRefusedMessage, aReleaseThatWaits } from "./page-samples.ts";

const receiverOf = (place: number) => completeGln(`57900069991${place}`);

/**
 * URLs, by route, of pages on which every form can succeed, instead of those of read-only visits: each form that uses something
 * up gets its own object.
 */
export async function formSamples({ db, accounts, origin }: DemoPortal): Promise<Record<string, string[]>> {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  const [account] = accounts.portal.vendors;
  const user = (await listUsers(ctx, {})).find(({ username }) => username === account?.username);
  if (!account || !user?.supplierId) throw new Error("the demo has no vendor");
  const { supplierId } = user;
  const scope = { kind: "supplier", supplierId } as const;
  // Further sessions: one to be ended alone, one among "all others".
  for (let sessions = 0; sessions < 2; sessions += 1) await logIn(origin, account);
  const person = { username: "kollega", name: "Kollega Kollegasen", email: "kollega@example.dk" };
  await createDemoUser(ctx, {
    ...person,
    password: "kollegaens lange kodeord",
    role: "vendor-editor",
    scope,
    supplierId,
  });
  const colleague = (await listUsers(ctx, {})).find(({ username }) => username === person.username);
  // One is withdrawn by its form, the other accepted.
  const invite = async (username: string) => {
    const invited = {
      username,
      name: "Indbudt Kollega",
      email: `${username}@example.dk`,
      role: "vendor-editor",
    };
    return `/invitation/${(await inviteUser(ctx, NewInvitation.parse({ ...invited, supplierId, scope }))).token}`;
  };
  const [subscription, webhook] = await twoSubscriptions(ctx, supplierId);
  const endpointId = await anEndpoint(db, { supplierId, address: "https://example.org/formularer" });

  const sender = accounts.gateway.keys[0]?.sendsFrom[0] ?? "";
  const message = (place: number) =>
    aRefusedMessage(db, { sender, supplierId, receiver: receiverOf(place), reference: `L00013${place}` });
  const [moved, again, grouped] = [await message(1), await message(2), await message(3)];
  const asColleague = createContext(db, await aPerson(db, supplierId, ctx.now), ctx.now);
  await aReleaseThatWaits(ctx, asColleague, {
    sender,
    receiver: accounts.gateway.example.receiver,
    reference: "L000778",
  });
  // Before the change sets: the newest of them is undone by its form.
  const units = await unitSamples(ctx);
  return {
    "/(member)/aendringssaet/[id]": await setSamples(db, ctx, accounts.portal.authority.username),
    "/(member)/alarmer/[id]": [`/alarmer/${webhook}`, `/alarmer/${subscription}`],
    "/(member)/brugere/[id]": [`/brugere/${colleague?.id}`],
    "/(member)/driftsbeskeder/ny": ["/driftsbeskeder/ny?type=haendelse"],
    "/(member)/endepunkter/[id]": [`/endepunkter/${endpointId}`],
    ...units,
    "/(member)/lokationer": [`/lokationer?text=${sender}`],
    "/(member)/meddelelser/[id]/handling/[step]": [`/meddelelser/${again.id}/handling/retry`],
    "/(member)/meddelelser/[id]/omdiriger": [`/meddelelser/${moved.id}/omdiriger`],
    "/(member)/meddelelser/ikke-afleverede/gruppe": [`/meddelelser/ikke-afleverede/gruppe?${grouped.group}`],
    "/(public)/invitation/[token]": [await invite("indbudt-en"), await invite("indbudt-to")],
  };
}

/** Units that the forms of other units choose, by field. */
export const chosenUnits = {
  parentSorId: makeSorId(990_001),
  "successor.0": makeSorId(990_002),
  "other.0": makeSorId(990_003),
};

/** A unit for each form about one, below an owner of the demo, and a range of location numbers. */
async function unitSamples(ctx: Context): Promise<Record<string, string[]>> {
  const [owner] = (await listChildren(ctx, { sorId: null, limit: 1 })).items;
  const validFrom = dayInDenmark(ctx.now);
  const below = (more: object = {}) => unitToCreate(owner?.sorId ?? "", { validFrom, ...more });
  await applySet(
    ctx,
    Object.values(chosenUnits).map((sorId) => below({ sorId })),
  );
  await createRange(ctx, { prefix: "5790006", from: 98_000, to: 98_999, note: null });
  const forms = ["del", "lokationsnummer", "luk", "ny", "sammenlaeg"];
  const ids = await applySet(ctx, [...forms.map(() => below()), below()]);
  const [moved] = await applySet(ctx, [unitToCreate(ids.at(-1) ?? "", { validFrom, level: "unit" })]);
  const routes = forms.map((form, at) => [`/(member)/enhed/[sorId]/${form}`, [`/enhed/${ids[at]}/${form}`]]);
  return {
    ...Object.fromEntries(routes),
    "/(member)/enhed/[sorId]/flyt": [`/enhed/${moved}/flyt`],
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
  return [waiting.id, other, outdated].map((id) => `/aendringssaet/${id}`);
}
