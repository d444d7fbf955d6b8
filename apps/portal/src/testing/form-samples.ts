import { type Context, createContext } from "@sor/core";
import { createDemoUser, inviteUser, listUsers, NewInvitation } from "@sor/core/access";
import { createAlertSubscription, NewAlertSubscription } from "@sor/core/alerts";
import { completeGln } from "@sor/core/identifiers";
import { anEndpoint, aPerson } from "@sor/core/testing";
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
  const invitations = [await invite("indbudt-en"), await invite("indbudt-to")];
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
  return {
    "/(member)/alarmer/[id]": [`/alarmer/${webhook}`, `/alarmer/${subscription}`],
    "/(member)/brugere/[id]": [`/brugere/${colleague?.id}`],
    "/(member)/driftsbeskeder/ny": ["/driftsbeskeder/ny?type=haendelse"],
    "/(member)/endepunkter/[id]": [`/endepunkter/${endpointId}`],
    "/(member)/meddelelser/[id]/handling/[step]": [`/meddelelser/${again.id}/handling/retry`],
    "/(member)/meddelelser/[id]/omdiriger": [`/meddelelser/${moved.id}/omdiriger`],
    "/(member)/meddelelser/ikke-afleverede/gruppe": [`/meddelelser/ikke-afleverede/gruppe?${grouped.group}`],
    "/(public)/invitation/[token]": invitations,
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
