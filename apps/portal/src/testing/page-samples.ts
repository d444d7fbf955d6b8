import { type Context, createContext, type Database } from "@sor/core";
import { inviteUser, listUsers, NewInvitation } from "@sor/core/access";
import type { DemoAccounts } from "@sor/core/demo";
import { listEndpoints, listSystems } from "@sor/core/endpoints";
import { listChildren } from "@sor/core/organisations";
import { listCurrentNotices } from "@sor/core/status";

export type Account = "nobody" | "vendor" | "authority";

/** Who visits a route: the public pages nobody, what only the authority may see the authority, the rest a vendor. */
export function visitorOf(route: string): Account {
  if (!route.startsWith("/(member)")) return "nobody";
  const authorityOnly = ["/(member)/driftsbeskeder", "/(member)/journal", "/(member)/brugere/leverandoer"];
  return authorityOnly.some((path) => route.startsWith(path)) ? "authority" : "vendor";
}

/** An address for every route with a parameter, from the demo data of the database. */
export async function sampleAddresses(db: Database, accounts: DemoAccounts): Promise<Record<string, string>> {
  const ctx: Context = createContext(db, { kind: "system", job: "test" }, new Date());
  const { receiver } = accounts.gateway.example;
  const ownGln = accounts.gateway.keys[0]?.sendsFrom[0] ?? receiver;
  const [owner] = (await listChildren(ctx, { sorId: null, limit: 1 })).items;
  const [notice] = await listCurrentNotices(ctx);
  const users = await listUsers(ctx, {});
  const vendorUser = users.find((user) => user.username === accounts.portal.vendors[0]?.username);
  const supplierId = vendorUser?.supplierId ?? "";
  const [endpoint] = await listEndpoints(ctx, { supplierId });
  const [system] = await listSystems(ctx, { supplierId });
  const { token } = await inviteUser(
    ctx,
    NewInvitation.parse({
      username: "ny-medarbejder",
      name: "Ny Medarbejder",
      email: "ny@example.dk",
      supplierId: vendorUser?.supplierId ?? null,
      role: "vendor-editor",
      scope: { kind: "supplier", supplierId: vendorUser?.supplierId },
    }),
  );
  return {
    "/(public)/enhed/[sorId]": `/enhed/${owner?.sorId}`,
    "/(public)/lokation/[gln]": `/lokation/${receiver}`,
    "/(public)/drift/[id]": `/drift/${notice?.id}`,
    "/(public)/invitation/[token]": `/invitation/${token}`,
    "/(member)/driftsbeskeder/[id]": `/driftsbeskeder/${notice?.id}`,
    "/(member)/brugere/[id]": `/brugere/${vendorUser?.id}`,
    "/(member)/lokationer/[gln]": `/lokationer/${ownGln}`,
    "/(member)/endepunkter/[id]": `/endepunkter/${endpoint?.id}`,
    "/(member)/endepunkter/system/[id]": `/endepunkter/system/${system?.id}`,
    "/(member)/lokationer/[gln]/historik": `/lokationer/${ownGln}/historik`,
  };
}

/** Addresses that show more of a page than its plain address does. */
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
