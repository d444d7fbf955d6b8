import type { Database } from "@sor/core";
import { scopes } from "@sor/core/access";
import { webhookSignatures } from "@sor/core/deliveries";
import { listJournal } from "@sor/core/journal";
import { aLocation, anEndpoint, aVendor, receives, testDatabase } from "@sor/core/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../app.ts";
import { Problem } from "../../problems/index.ts";
import { aReceiver, type ReceivedPost, type Receiver } from "../../testing/a-receiver.ts";
import { testDeps } from "../../testing/index.ts";

type Vendor = Awaited<ReturnType<typeof aVendor>>;
let db: Database;
let own: Vendor;
let other: Vendor;
let target: Receiver;
let now = new Date("2026-03-01T10:00:00Z");
const gln = "5790000128686";

beforeAll(async () => {
  db = await testDatabase();
  other = await aVendor(db);
});
beforeEach(async () => {
  own = await aVendor(db);
  target = await aReceiver();
  now = new Date("2026-03-01T10:00:00Z");
});
afterEach(() => target.stop());

function callAs(
  vendor: Vendor,
  scopes: Vendor["key"]["scopes"] = ["endpoints:write", "registrations:write"],
) {
  const env = { WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" };
  const actor = { ...vendor.key, scopes };
  const app = createApp(
    testDeps({ db, env, clock: () => now, findKey: async () => ({ state: "valid", actor }) }),
  );
  return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { authorization: "Bearer any", "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}
const refusal = async (answer: Response, status: number) => {
  expect(answer.status).toBe(status);
  return Problem.parse(await answer.json());
};
const webhook = (name: string) => ({ name, transport: "webhook", address: target.address("/in") });

async function aWebhook(name = "Produktion") {
  const answer = await callAs(own)("POST", "/v1/endpoints", webhook(name));
  expect(answer.status).toBe(201);
  const { endpoint, secret } = (await answer.json()) as { endpoint: { id: string }; secret: string };
  return {
    id: endpoint.id,
    secret,
    etag: answer.headers.get("etag") ?? "",
    path: `/v1/endpoints/${endpoint.id}`,
  };
}

describe("an endpoint", () => {
  test("is created with a secret that is shown only once, listed for its own supplier, and read with its ETag", async () => {
    const made = await aWebhook();
    expect(made.secret).toMatch(/^whsec_/);
    const listed = await callAs(own)("GET", "/v1/endpoints");
    const text = await listed.text();
    expect(text).not.toContain("whsec_");
    expect(JSON.parse(text).items).toMatchObject([{ id: made.id, state: "active", probeWith: "options" }]);
    const read = await callAs(own)("GET", made.path);
    expect(read.headers.get("etag")).toBe(made.etag);
    expect(await (await callAs(other)("GET", "/v1/endpoints")).json()).toEqual({
      items: [],
    });
    await refusal(await callAs(other)("GET", made.path), 404);
    await refusal(await callAs(own, ["messages:read"])("POST", "/v1/endpoints", webhook("Uden ret")), 403);
    const taken = await refusal(await callAs(own)("POST", "/v1/endpoints", webhook("Produktion")), 409);
    expect(taken.errors).toEqual([
      { pointer: "/name", detail: "Leverandøren har en anden med det navn.", code: "taken" },
    ]);
  });

  test("cannot be read or written without the permission, nor with a key limited to location numbers", async () => {
    const { path, etag } = await aWebhook();
    const limited = { ...own, key: { ...own.key, limitedTo: [gln] } };
    const all = [...scopes];
    const readers: [Vendor, Vendor["key"]["scopes"], number][] = [
      [own, ["endpoints:read"], 200],
      [own, ["endpoints:write"], 200],
      [own, ["alerts:read", "alerts:write", "messages:read", "mailboxes:read", "interchanges:send"], 403],
      [limited, all, 403],
    ];
    for (const [vendor, given, status] of readers) {
      const call = callAs(vendor, given);
      for (const place of ["/v1/endpoints", path, `${path}/health`]) {
        expect((await call("GET", place)).status, `${given} ${place}`).toBe(status);
      }
    }
    for (const [vendor, given] of [
      [own, ["endpoints:read"]],
      [limited, all],
    ] as const) {
      const call = callAs(vendor, given);
      await refusal(await call("POST", "/v1/endpoints", webhook("Ny")), 403);
      await refusal(await call("PATCH", path, { name: "Ny" }, { "if-match": etag }), 403);
      await refusal(await call("POST", `${path}/$rotate-secret`, {}, { "if-match": etag }), 403);
      await refusal(await call("POST", "/v1/systems", { name: "Nyt" }), 403);
      const subscription = { supplierId: own.supplierId, channel: "feed", name: "Vagten" };
      await refusal(await call("POST", "/v1/alert-subscriptions", subscription), 403);
    }
  });

  test.each([
    ["https://10.0.0.1/in", "not-public"],
    ["https://[::ffff:10.0.0.1]/in", "not-public"],
    ["https://2130706434/in", "own-machine"],
    ["http://edi.example.dk/in", "not-https"],
  ])("at %s is refused, naming the field", async (address, code) => {
    const answer = await callAs(own)("POST", "/v1/endpoints", { name: "x", transport: "webhook", address });
    expect((await refusal(answer, 400)).errors).toMatchObject([{ pointer: "/address", code }]);
  });

  test("is changed only with its current ETag: 428 without If-Match, 412 with an old one", async () => {
    const { path, etag } = await aWebhook();
    const call = callAs(own);
    await refusal(await call("PATCH", path, { name: "Ny" }), 428);
    const changed = await call("PATCH", path, { name: "Ny" }, { "if-match": etag });
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ endpoint: { name: "Ny", address: target.address("/in") } });
    await refusal(await call("PATCH", path, { name: "Nyere" }, { "if-match": etag }), 412);
    await refusal(await call("PATCH", path, { unheardOf: 1 }, { "if-match": etag }), 400);
    const put = await call(
      "PUT",
      path,
      { name: "Kasse", transport: "mailbox" },
      {
        "if-match": changed.headers.get("etag") ?? "",
      },
    );
    expect(await put.json()).toMatchObject({ endpoint: { transport: "mailbox", address: null } });
  });

  test("gets ordering and a retry rule, keeps them when a change leaves them out, and is journalled", async () => {
    const { id, path, etag } = await aWebhook();
    const call = callAs(own);
    const retry = { firstSeconds: 5, factor: 3, longestSeconds: 600, giveUpSeconds: 7200 };
    const changed = await call("PATCH", path, { isOrdered: true, retry }, { "if-match": etag });
    expect(await changed.json()).toMatchObject({ endpoint: { isOrdered: true, retry } });
    const [entry] = await listJournal(db, { limit: 1 });
    expect(entry).toMatchObject({ subjectId: id, before: { isOrdered: false, retry: null } });
    expect(entry).toMatchObject({ after: { isOrdered: true, retry } });
    const tag = async () => ({ "if-match": (await call("GET", path)).headers.get("etag") ?? "" });
    await call("PUT", path, webhook("Ny"), await tag());
    expect(await (await call("GET", path)).json()).toMatchObject({ name: "Ny", isOrdered: true, retry });
    const back = await call("PATCH", path, { isOrdered: false, retry: null }, await tag());
    expect(await back.json()).toMatchObject({ endpoint: { isOrdered: false, retry: null } });
    const made = await call("POST", "/v1/endpoints", { ...webhook("Ordnet"), isOrdered: true, retry });
    expect(await made.json()).toMatchObject({ endpoint: { isOrdered: true, retry } });
    for (const wrong of [
      { ...retry, factor: 0 },
      { ...retry, longestSeconds: 4 },
      { ...retry, giveUpSeconds: 432_001 },
      { firstSeconds: 5 },
    ]) {
      await refusal(await call("PATCH", path, { retry: wrong }, await tag()), 400);
    }
  });

  test("is paused with an end and a reason, resumed, and drained", async () => {
    const { path } = await aWebhook();
    const call = callAs(own);
    const paused = await call("POST", `${path}/$pause`, { until: "2026-03-01T12:00:00Z", reason: "Vindue" });
    expect(await paused.json()).toMatchObject({ state: "paused", pausedUntil: "2026-03-01T12:00:00.000Z" });
    await refusal(await call("POST", `${path}/$pause`, { until: "2026-03-01T09:00:00Z", reason: "x" }), 400);
    now = new Date("2026-03-01T12:00:00Z");
    expect(await (await call("GET", path)).json()).toMatchObject({ state: "active", pausedUntil: null });
    const resumed = await call("POST", `${path}/$resume`);
    expect(await resumed.json()).toMatchObject({ state: "active", pauseReason: null });
    const drained = await call("POST", `${path}/$drain`, { reason: "Flytning" });
    expect(drained.status).toBe(202);
    expect(await drained.json()).toMatchObject({
      endpoint: { state: "draining", drain: { endsAs: "paused", since: now.toISOString() } },
    });
  });

  test("that is in use is closed only if the request says what takes over", async () => {
    const { id, path } = await aWebhook();
    const mailbox = await anEndpoint(db, { supplierId: own.supplierId });
    await aLocation(db, { gln, supplierId: own.supplierId });
    await receives(db, gln, id, [["DIS91", "D9134L"]]);
    const call = callAs(own);
    const refused = await refusal(await call("POST", `${path}/$close`, { reason: "Nedlagt" }), 409);
    expect(refused).toMatchObject({ code: "endpoint-in-use", locationNumbers: 1 });
    const closed = await call("POST", `${path}/$close`, { reason: "Nedlagt", moveTo: mailbox });
    expect(await closed.json()).toMatchObject({ endpoint: { state: "closed" }, movedLocations: 1 });
    await refusal(await call("POST", `${path}/$resume`), 410);
    const unused = await aWebhook("Ubrugt");
    const itself = await call("POST", `${unused.path}/$close`, { reason: "Nedlagt", moveTo: unused.id });
    expect(await refusal(itself, 400)).toMatchObject({ errors: [{ pointer: "/moveTo" }] });
    await call("POST", `${unused.path}/$close`, { reason: "Nedlagt" });
    const open = await (await call("GET", "/v1/endpoints")).json();
    expect(open).toMatchObject({ items: [{ id: mailbox }] });
    expect(await (await call("GET", "/v1/endpoints?state=all")).json()).toHaveProperty("items.length", 3);
  });

  test("gets new signing secrets beside the old ones, each of which signs until its own end", async () => {
    const { path, secret: first } = await aWebhook();
    const call = callAs(own);
    type Rotated = { secret: string; endpoint: { signingSecrets: { endsAt: string | null }[] } };
    const rotate = async (overlapHours: number) => {
      const rotated = await call("POST", `${path}/$rotate-secret`, { overlapHours }, { "if-match": "*" });
      expect([rotated.status, rotated.headers.get("cache-control")]).toEqual([200, "no-store"]);
      const { secret, endpoint } = (await rotated.json()) as Rotated;
      return { secret, ends: endpoint.signingSecrets.map(({ endsAt }) => endsAt) };
    };
    const second = await rotate(48);
    const third = await rotate(24);
    const [inTwoDays, inOne] = ["2026-03-03T10:00:00.000Z", "2026-03-02T10:00:00.000Z"];
    expect([second.ends, third.ends]).toEqual([
      [null, inTwoDays],
      [null, inOne, inTwoDays],
    ]);
    /** Which of the secrets signed the event that a test posts now. */
    const signing = async (secrets: readonly string[], minutes: number) => {
      now = new Date(Date.parse("2026-03-01T10:00:00Z") + minutes * 60_000);
      await call("POST", `${path}/$test`, {});
      const { headers, body } = target.posts.at(-1) as ReceivedPost;
      const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      return secrets.map((secret) => {
        const [wanted] = webhookSignatures(
          [secret],
          sent["webhook-id"] ?? "",
          Number(sent["webhook-timestamp"]),
          body,
        ).split(" ");
        return sent["webhook-signature"]?.split(" ").includes(wanted ?? "") ?? false;
      });
    };
    const all = [first, second.secret, third.secret];
    expect(await signing(all, 0)).toEqual([true, true, true]);
    expect(await signing(all, 24 * 60)).toEqual([true, false, true]);
    expect(await (await call("GET", path)).json()).toHaveProperty("signingSecrets.length", 2);
    expect(await signing(all, 48 * 60)).toEqual([false, false, true]);
    for (let more = 0; more < 4; more += 1) await rotate(168);
    const sixth = await call("POST", `${path}/$rotate-secret`, {}, { "if-match": "*" });
    const refused = await refusal(sixth, 409);
    expect(refused).toMatchObject({ code: "too-many-secrets", most: 5, endsAt: "2026-03-10T10:00:00.000Z" });
    expect((await rotate(0)).ends).toEqual([null]);
  });

  test("rotates its secret only for a client that knows its version; the same request again is the same rotation", async () => {
    const { path, etag } = await aWebhook();
    const call = callAs(own);
    const rotate = (headers: Record<string, string>) =>
      call("POST", `${path}/$rotate-secret`, { overlapHours: 48 }, headers);
    await refusal(await rotate({}), 428);
    const request = { "if-match": etag, "idempotency-key": crypto.randomUUID() };
    const [first, again] = [await rotate(request), await rotate(request)];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.json()).toEqual(await first.json());
    await refusal(await rotate({ "if-match": etag }), 412);
    expect((await rotate({ "if-match": first.headers.get("etag") ?? "" })).status).toBe(200);
  });
});

describe("a test on demand", () => {
  test("posts an event marked as a test, and stores the result in the health", async () => {
    const { path } = await aWebhook();
    target.answers.push(204);
    const call = callAs(own);
    const found = await call("POST", `${path}/$test`, {});
    expect(await found.json()).toMatchObject({
      isUp: true,
      origin: "test",
      detail: { status: 204, signature: "accepted", address: "127.0.0.1" },
    });
    expect(target.posts[0]?.headers["sor-event"]).toBe("test");
    const again = await call("POST", `${path}/$test`, {});
    expect(again.headers.get("retry-after")).toBe("10");
    await refusal(again, 429);
    const health = await (await call("GET", `${path}/health`)).json();
    expect(health).toMatchObject({ breaker: { state: "closed" }, probes: { latest: [{ isUp: true }] } });
    await refusal(await callAs(other)("POST", `${path}/$test`, {}), 404);
    await refusal(await callAs(other)("GET", `${path}/health`), 404);
  });

  test("that fails is an answer, with the reason", async () => {
    const { path } = await aWebhook();
    target.answers.push(403);
    const found = await callAs(own)("POST", `${path}/$test`, { method: "test-event" });
    expect(await found.json()).toMatchObject({
      isUp: false,
      detail: { fault: "signature-refused", signature: "refused" },
    });
  });
});
