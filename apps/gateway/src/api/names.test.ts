import { scopes } from "@sor/core/permissions";
import { aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

let origin: string;
let supplierId: string;

beforeAll(async () => {
  const db = await testDatabase();
  const vendor = await aVendor(db);
  supplierId = vendor.supplierId;
  const actor = { ...vendor.key, scopes };
  const server = createGatewayServer(testDeps({ db, findKey: async () => ({ state: "valid", actor }) }));
  origin = await listen(server, 0, "127.0.0.1");
  return () => closeServer(server);
});

async function post(path: string, given: object) {
  const headers = { authorization: "Bearer key", "content-type": "application/json" };
  const answer = await askOver(origin, {
    method: "POST",
    path,
    headers,
    body: Buffer.from(JSON.stringify(given)),
  });
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
}
const alerts = "/v1/alert-subscriptions";
const feed = { channel: "feed" };

test.each([
  [alerts, feed],
  ["/v1/endpoints", { transport: "mailbox" }],
  ["/v1/systems", {}],
])("%s accepts only one-line names without control characters", async (path, given) => {
  const owner = path === alerts ? { supplierId } : {};
  for (const name of ["to\r\nlinjer", "to\nlinjer", "tab\tulator", "\u2028"]) {
    const refused = await post(path, { ...given, ...owner, name: `a${name}b` });
    expect(refused).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: "/name", detail: "styretegn er ikke tilladt" }] } },
    });
  }
  expect((await post(path, { ...given, ...owner, name: " Vagten på Blåbær " })).body).toMatchObject(
    path === "/v1/endpoints" ? { endpoint: { name: "Vagten på Blåbær" } } : { name: "Vagten på Blåbær" },
  );
});

test.each([
  ["vagt@blåbær.dk", "vagt@xn--blbr-roah.dk"],
  ["alarm@BLÅBÆR.dk", "alarm@xn--blbr-roah.dk"],
  ["drift@xn--blbr-roah.dk", "drift@xn--blbr-roah.dk"],
  ["vagt@drift.example.dk", "vagt@drift.example.dk"],
])("the mail address %s is stored as mail servers accept it: %s", async (address, kept) => {
  const made = await post(alerts, { supplierId, channel: "mail", name: address, address });
  expect(made).toMatchObject({ status: 201, body: { address: kept } });
});

test.each(["vagt@", "@blåbær.dk", "vagt@blå bær.dk", "vagt@blåbær", "vågt@blåbær.dk", "vagt@blåbær.dk/x"])(
  "%s is not a mail address",
  async (address) => {
    const refused = await post(alerts, { supplierId, channel: "mail", name: "x", address });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: "/address" }] } });
  },
);

test("quiet hours that end when they begin are refused", async () => {
  const quiet = { quietFrom: "22:00", quietTo: "22:00" };
  expect(await post(alerts, { supplierId, ...feed, name: "stille", ...quiet })).toMatchObject({
    status: 400,
    body: {
      errors: [
        { pointer: "/quietTo", detail: "stille timer slutter på et andet tidspunkt, end de begynder" },
      ],
    },
  });
});
