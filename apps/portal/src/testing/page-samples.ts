import { type Context, createContext, type Database } from "@sor/core";
import { inviteUser, listUsers, NewInvitation } from "@sor/core/access";
import { createAlertSubscription, NewAlertSubscription, watchAlerts } from "@sor/core/alerts";
import { listChangeSets, NewProposal, propose } from "@sor/core/changesets";
import { recordAttempt, takeDeliveries } from "@sor/core/deliveries";
import type { DemoAccounts } from "@sor/core/demo";
import { listEndpoints, listSystems } from "@sor/core/endpoints";
import { completeGln } from "@sor/core/identifiers";
import { acceptInterchange } from "@sor/core/intake";
import { addRegistration, NewRegistration } from "@sor/core/message-types";
import { listChildren } from "@sor/core/organisations";
import { listProfiles } from "@sor/core/profiles";
import { startResends } from "@sor/core/resends";
import { listCurrentNotices } from "@sor/core/status";
import { holdMessage, releaseMessage } from "@sor/core/steering";
import { aLocation, anEndpoint, anInterchange, aPerson, receives } from "@sor/core/testing";
import { listSwitches } from "@sor/core/vendor-switches";
import { editorOf } from "./location-page.ts";
import { publicationAddresses } from "./publication-samples.ts";
import { aSubscriber } from "./subscribers.ts";

export type Account = "nobody" | "vendor" | "authority";

/** The visitor of a route: nobody for public pages, the authority for its own pages, a vendor for the others. */
export function visitorOf(route: string): Account {
  if (!route.startsWith("/(member)")) return "nobody";
  const authorityOnly = [
    "/(member)/aendringssaet",
    "/(member)/driftsbeskeder",
    "/(member)/enhed",
    "/(member)/journal",
    "/(member)/niveauer",
    "/(member)/redaktion",
    "/(member)/udfasning",
    "/(member)/nummerraekker",
    "/(member)/brugere/leverandoer",
  ];
  return authorityOnly.some((path) => route.startsWith(path)) ? "authority" : "vendor";
}

const sentByAuthority = [
  "/(public)/enhed/[sorId]",
  "/(member)/brugere",
  "/(member)/lokationer/[gln]/historik",
];

/** Who sends the forms of a route: its visitor, but the authority where a vendor or the public does not see all of them. */
export const senderOf = (route: string): Account =>
  sentByAuthority.includes(route) ? "authority" : visitorOf(route);

/** A URL for every route with a parameter, from the demo data. */
export async function sampleAddresses(db: Database, accounts: DemoAccounts): Promise<Record<string, string>> {
  const ctx: Context = createContext(db, { kind: "system", job: "test" }, new Date());
  const { receiver } = accounts.gateway.example;
  const ownGln = accounts.gateway.keys[0]?.sendsFrom[0] ?? receiver;
  const [notice] = await listCurrentNotices(ctx);
  const users = await listUsers(ctx, {});
  const vendorUser = users.find((user) => user.username === accounts.portal.vendors[0]?.username);
  const supplierId = vendorUser?.supplierId ?? "";
  const [endpoint] = await listEndpoints(ctx, { supplierId });
  const [system] = await listSystems(ctx, { supplierId });
  const token = await anInvitation(ctx, vendorUser?.supplierId);
  const message = await aRefusedMessage(db, { sender: ownGln, supplierId });
  const colleague = await aPerson(db, supplierId, ctx.now);
  await aReleaseThatWaits(ctx, createContext(db, colleague, ctx.now), { sender: ownGln, receiver });
  await watchAlerts(ctx);
  const subscription = await aSubscription(ctx, supplierId);
  const asVendor = createContext(db, editorOf(supplierId), new Date());
  const pair = { gln: ownGln, messageType: "PID02", version: "I0230D" };
  const added = await addRegistration(
    asVendor,
    NewRegistration.parse({ ...pair, endpointId: endpoint?.id ?? null }),
  );
  const choice = { filter: { keys: ["L000123"] } };
  const resends = await startResends(asVendor, { choice, reason: "modtageren bad om det" });
  const [submitted] = (await listChangeSets(ctx, { state: "submitted" })).items;
  return {
    "/(member)/aendringssaet/[id]": `/aendringssaet/${submitted?.id}`,
    "/(member)/alarmer/[id]": `/alarmer/${subscription.id}`,
    "/(member)/meddelelser/send-igen": "/meddelelser/send-igen?state=dead",
    "/(member)/meddelelser/send-igen/[id]": `/meddelelser/send-igen/${resends.id}`,
    "/(member)/meddelelser/[id]": `/meddelelser/${message.id}?gjort=retry`,
    "/(member)/meddelelser/[id]/handling/[step]": `/meddelelser/${message.id}/handling/hold`,
    "/(member)/meddelelser/[id]/indhold": `/meddelelser/${message.id}/indhold`,
    "/(member)/meddelelser/[id]/omdiriger": `/meddelelser/${message.id}/omdiriger`,
    "/(member)/meddelelser/kuvert/[id]": `/meddelelser/kuvert/${message.interchangeId}`,
    "/(member)/meddelelser/ikke-afleverede/gruppe": `/meddelelser/ikke-afleverede/gruppe?${message.group}`,
    ...(await unitAddresses(ctx)),
    ...(await switchAddresses(asVendor)),
    "/(public)/lokation/[gln]": `/lokation/${receiver}`,
    ...(await proposalAddresses(db, receiver)),
    ...readerAddresses,
    "/(public)/drift/[id]": `/drift/${notice?.id}`,
    ...{ ...(await publicationAddresses(ctx)), ...(await subscriptionAddresses(ctx)) },
    "/(public)/invitation/[token]": `/invitation/${token}`,
    "/(member)/driftsbeskeder/[id]": `/driftsbeskeder/${notice?.id}`,
    "/(member)/driftsbeskeder/ny": "/driftsbeskeder/ny?type=servicevindue",
    "/(member)/brugere/[id]": `/brugere/${vendorUser?.id}`,
    ...locationAddresses(ownGln, added.sequence),
    "/(member)/endepunkter/[id]": `/endepunkter/${endpoint?.id}`,
    "/(member)/endepunkter/[id]/tilstand": `/endepunkter/${endpoint?.id}/tilstand`,
    "/(member)/endepunkter/system/[id]": `/endepunkter/system/${system?.id}`,
  };
}

/** Codes of the demo's hospitals, a list of codes, and a guide. */
const readerAddresses = {
  "/(public)/vejledninger/[navn]": "/vejledninger/ret-i-registret",
  "/(public)/shak": "/shak?q=medicin&historiske=1",
  "/(public)/shak/[kode]": "/shak/900001",
  "/(public)/shak/forskelle": "/shak/forskelle?fra=01-01-1990&til=01-01-2026",
  "/(public)/koder/[liste]": "/koder/entity-types",
};

/** The receiver of a vendor's alerts by mail. */
async function aSubscription(ctx: Context, supplierId: string): Promise<{ id: string }> {
  const wanted = { supplierId, channel: "mail", address: "vagt@example.dk", name: "Vagten" };
  return (await createAlertSubscription(ctx, NewAlertSubscription.parse(wanted))).subscription;
}

/** The switch of the demo that the vendor has to map, and a profile that it may use. */
async function switchAddresses(asVendor: Context): Promise<Record<string, string>> {
  const mapped = (await listSwitches(asVendor)).find(({ state }) => state === "accepted");
  const [profile] = await listProfiles(asVendor);
  return {
    "/(member)/leverandoerskifte/[id]": `/leverandoerskifte/${mapped?.id}`,
    "/(member)/profiler/[id]": `/profiler/${profile?.id}`,
  };
}

async function subscriptionAddresses(ctx: Context): Promise<Record<string, string>> {
  const asked = await aSubscriber(ctx, { isConfirmed: false });
  const confirmed = await aSubscriber(ctx, { isConfirmed: true });
  return {
    "/(public)/drift/abonner/bekraeft/[token]": `/drift/abonner/bekraeft/${asked}`,
    "/(public)/drift/abonnement/[token]": `/drift/abonnement/${confirmed}`,
    "/(public)/afmeld/[token]": `/afmeld/${confirmed}`,
  };
}

const locationAddresses = (gln: string, sequence: number | null) => ({
  "/(member)/lokationer/[gln]": `/lokationer/${gln}`,
  "/(member)/lokationer/[gln]/tilfoej": `/lokationer/${gln}/tilfoej`,
  "/(member)/lokationer/[gln]/historik": `/lokationer/${gln}/historik`,
  "/(member)/lokationer/[gln]/historik/[nummer]": `/lokationer/${gln}/historik/${sequence}`,
});

/** The form about a location number, and a proposal about it with an address that is not confirmed. */
async function proposalAddresses(db: Database, gln: string): Promise<Record<string, string>> {
  const about = { subjectType: "location", subjectId: gln, topics: ["messages"] };
  const said = { text: "Vi modtager ikke henvisninger.", address: "borger@example.dk" };
  const made = await propose(createContext(db, { kind: "anonymous" }, new Date()), {
    ...NewProposal.parse({ ...about, ...said }),
    client: "192.0.2.7",
  });
  if (made.set === null) throw new Error("the proposal was not made");
  return {
    "/(public)/forkert": `/forkert?lokation=${gln}`,
    "/(public)/forslag/[token]": `/forslag/${made.token}`,
  };
}

async function unitAddresses(ctx: Context): Promise<Record<string, string>> {
  const [owner] = (await listChildren(ctx, { sorId: null, limit: 1 })).items;
  const [institution] = (await listChildren(ctx, { sorId: owner?.sorId ?? "", limit: 1 })).items;
  const unit = `/enhed/${institution?.sorId}`;
  const forms = ["del", "flyt", "lokationsnummer", "luk", "ny", "sammenlaeg"];
  return {
    ...Object.fromEntries(forms.map((form) => [`/(member)/enhed/[sorId]/${form}`, `${unit}/${form}`])),
    "/(public)/enhed/[sorId]/hierarki": `${unit}/hierarki`,
    "/(public)/enhed/[sorId]": `${unit}?dag=2026-01-01&mod=2026-02-01`,
    "/(public)/register": `/register?aaben=${owner?.sorId},${institution?.sorId}&lukkede=1`,
    ...Object.fromEntries(openParts.map((page) => [page, page.replace("/enhed/[sorId]", unit)])),
  };
}

/** The token of an invitation to the supplier. */
async function anInvitation(ctx: Context, supplierId: string | null | undefined): Promise<string> {
  const wanted = {
    username: "ny-medarbejder",
    name: "Ny Medarbejder",
    email: "ny@example.dk",
    supplierId: supplierId ?? null,
    role: "vendor-editor",
    scope: { kind: "supplier", supplierId },
  };
  return (await inviteUser(ctx, NewInvitation.parse(wanted))).token;
}

/** A held message of the vendor whose release one person has requested. */
export async function aReleaseThatWaits(
  ctx: Context,
  asColleague: Context,
  { sender, receiver, reference = "L000777" }: { sender: string; receiver: string; reference?: string },
): Promise<void> {
  const { messageType: type, version } = { messageType: "DIS91", version: "D9134L" };
  const bytes = anInterchange({ sender, receiver, messages: [{ reference, type, version }] });
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  const [message] = interchange.messages;
  if (!message) throw new Error("the message was not taken in");
  await holdMessage(asColleague, { id: message.id, reason: "ser forkert ud", takesTwo: true });
  await releaseMessage(asColleague, { id: message.id, reason: "gennemgået" });
}

/** A message between two location numbers of the vendor, permanently refused by its receiver. */
export async function aRefusedMessage(
  db: Database,
  {
    sender,
    supplierId,
    receiver = completeGln("579000699901"),
    reference = "L000123",
  }: { sender: string; supplierId: string; receiver?: string; reference?: string },
): Promise<{ id: string; interchangeId: string; group: string }> {
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  await aLocation(db, { gln: receiver, supplierId });
  const webhook = await anEndpoint(db, { supplierId, address: "https://example.org/in" });
  await receives(db, receiver, webhook, [["DIS01", "D0134L"]]);
  const bytes = anInterchange({
    sender,
    receiver,
    messages: [{ reference, type: "DIS01", version: "D0134L" }],
  });
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  const [message] = interchange.messages;
  if (!message) throw new Error("the message was not taken in");
  await refuseAll(ctx);
  const group = new URLSearchParams({
    reason: "receiver-refused",
    receiver,
    messageType: "DIS01",
  }).toString();
  return { id: message.id, interchangeId: interchange.id, group };
}

async function refuseAll(ctx: Context): Promise<void> {
  const worker = "test";
  const question = { limit: 100, leaseSeconds: 60, perEndpoint: 100, worker };
  for (const delivery of await takeDeliveries(ctx, question)) {
    await recordAttempt(ctx, {
      delivery,
      outcome: { kind: "refused", status: 410 },
      startedAt: ctx.now,
      latencyMilliseconds: 37,
      responseExcerpt: "no such patient here",
      worker,
      random: 0.5,
      gatewayParty: "SORGATEWAY",
    });
  }
}

/** Samples of the unit's page with a part open, as only an editor sees it. */
export const openParts = ["/enhed/[sorId]?ret=adresse", "/enhed/[sorId]?ret=navn"];

/** URLs that show more of a page than its plain URL does. */
export function furtherAddresses(accounts: DemoAccounts): string[] {
  const { receiver, messageType, version } = accounts.gateway.example;
  return [
    "/soeg?q=afdeling",
    "/soeg?q=findes+slet+ikke",
    `/opslag?id=${receiver}&type=${messageType}&version=${version}`,
    `/opslag?id=${receiver}&type=REF01&version=X0000`,
    "/opslag?id=123&type=***",
    "/?lang=en",
    "/findes-ikke",
  ];
}
