import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createKey, invitePasswordReset, inviteUser } from "../access/index.ts";
import { confirmAlertSubscription, createAlertSubscription, NewAlertSubscription } from "../alerts/index.ts";
import { type Context, createContext } from "../context.ts";
import { newId } from "../database/index.ts";
import { createEndpoint, EndpointFields, rotateSigningSecret, updateEndpoint } from "../endpoints/index.ts";
import { takeMessages } from "../outbox/index.ts";
import { claimRequest, keepClaimedAnswer, underRequest, withForm } from "../requests/index.ts";
import { aUser, aWorldOfVendors } from "../testing/index.ts";
import { sealSubscriptionSecrets } from "./index.ts";
import { subscriptions } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
const { db, ours, inOurs, admin } = await aWorldOfVendors(now);
const colleague = await aUser(
  db,
  "colleague",
  { role: "vendor-editor", scope: inOurs, supplierId: ours },
  now,
);
const job = createContext(db, { kind: "system", job: "test" }, now);

async function everyRow(): Promise<string> {
  const { rows: tables } = await db.execute<{ name: string }>(
    sql`select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await db.execute<{ text: string }>(sql.raw(`select t::text as text from ${name} t`));
    texts.push(...rows.map(({ text }) => text));
  }
  return texts.join("\n");
}

const webhook = (name: string) =>
  EndpointFields.parse({
    supplierId: ours,
    name,
    transport: "webhook",
    address: "https://edi.example.dk/in",
  });
const receiver = (channel: "webhook" | "feed" | "mail") =>
  NewAlertSubscription.parse({
    ...{ supplierId: ours, channel, name: channel },
    address: { webhook: "https://ops.example.dk/in", feed: null, mail: `${newId()}@example.dk` }[channel],
  });

const taken = async () =>
  await takeMessages(job, { limit: 10, leaseSeconds: 60, channels: ["mail", "webhook"] });

/** Every operation that returns a secret, by what it returns. */
const operations: Record<string, (ctx: Context) => Promise<(string | null)[]>> = {
  "a new webhook": async (ctx) => [(await createEndpoint(ctx, webhook(`W${Math.random()}`))).secret],
  "a mailbox that becomes a webhook": async (ctx) => {
    const fields = { ...webhook(`M${Math.random()}`), transport: "mailbox" as const, address: null };
    const { endpoint } = await createEndpoint(createContext(db, admin.ctx.actor, now), fields);
    return [(await updateEndpoint(ctx, { id: endpoint.id, fields: webhook(fields.name) })).secret];
  },
  "another signing secret": async (ctx) => {
    const plain = createContext(db, admin.ctx.actor, now);
    const { endpoint, secret } = await createEndpoint(plain, webhook(`R${Math.random()}`));
    return [secret, (await rotateSigningSecret(ctx, { id: endpoint.id })).secret];
  },
  "alerts by webhook": async (ctx) => [(await createAlertSubscription(ctx, receiver("webhook"))).secret],
  "alerts by feed": async (ctx) => [(await createAlertSubscription(ctx, receiver("feed"))).feedToken],
  "the code that proves a mail address": async (ctx) => {
    const { subscription } = await createAlertSubscription(ctx, receiver("mail"));
    const mail = (await taken()).find(({ subscriptionId }) => subscriptionId === subscription.id);
    const [shown = ""] = /[A-Z2-7]{5}-[A-Z2-7]{5}/.exec(mail?.content.text ?? "") ?? [];
    const code = shown.replace("-", "");
    await confirmAlertSubscription(job, { id: subscription.id, code });
    return [code, shown];
  },
  "a key": async (ctx) => {
    const expiresAt = new Date("2026-12-01T00:00:00Z");
    const asked = {
      supplierId: ours,
      name: "Nøgle",
      scopes: ["messages:read" as const],
      glns: null,
      expiresAt,
    };
    return [(await createKey(ctx, asked)).key];
  },
  "an invitation": async (ctx) => {
    const username = `u${String(Math.random()).slice(2, 12)}`;
    const person = { username, name: "Ny", email: "ny@example.dk", supplierId: ours };
    return [(await inviteUser(ctx, { ...person, role: "vendor-editor", scope: inOurs })).token];
  },
  "a link for a new password": async (ctx) => [(await invitePasswordReset(ctx, colleague.userId)).token],
};

test.each(Object.keys(operations))(
  "no secret of %s is in plain text in any table, however it was requested",
  async (name) => {
    const act = operations[name] as (typeof operations)[string];
    const secrets = await act(createContext(db, admin.ctx.actor, now));
    // For an Idempotency-Key the result and then the answer are stored.
    const request = { key: name, requestSha256: "s" };
    const plain = createContext(db, admin.ctx.actor, now);
    await claimRequest(plain, request);
    secrets.push(...(await act(underRequest(plain, request))));
    const before = await everyRow();
    const body = JSON.stringify({ secrets });
    await keepClaimedAnswer(plain, request, { status: 201, headers: {}, body });
    expect(await claimRequest(plain, request)).toMatchObject({ body });
    const form = withForm(createContext(db, admin.ctx.actor, now));
    form.name({ id: name, digest: "d" });
    secrets.push(...(await act(form.ctx)));
    const rows = before + (await everyRow());
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThanOrEqual(10);
      const value = (secret ?? "").replace(/^whsec_/, "");
      expect(rows.includes(value)).toBe(false);
      expect(rows.includes(Buffer.from(value).toString("base64").replace(/=+$/, ""))).toBe(false);
    }
  },
);

test("signing secrets of receivers stored in plain text are encrypted, and still sign", async () => {
  const { subscription, secret } = await createAlertSubscription(admin.ctx, receiver("webhook"));
  await db.update(subscriptions).set({ signingSecrets: [secret ?? ""] });
  expect(await sealSubscriptionSecrets(job)).toBeGreaterThan(0);
  expect(await sealSubscriptionSecrets(job)).toBe(0);
  expect(await everyRow()).not.toContain(secret);
  expect(subscription.state).toBe("active");
});
