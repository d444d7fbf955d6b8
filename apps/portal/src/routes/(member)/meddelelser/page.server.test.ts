import { DomainError } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listJournal } from "@sor/core/journal";
import { EventView, getMessage, MessageSummary } from "@sor/core/messages";
import { testDatabase } from "@sor/core/testing";
import { beforeEach, expect, test } from "vitest";
import { adviceText, connectionText, reasonText, stateMark } from "#lib/message-words.ts";
import { timelineOf } from "#lib/server/message-timeline.ts";
import { testEvent } from "../../../testing/events.ts";
import { aMessageWorld, type MessageWorld } from "../../../testing/message-world.ts";
import { load as loadList } from "./+page.server.ts";
import type { PageData as ListData } from "./$types";
import { load as loadOne } from "./[id]/+page.server.ts";
import type { PageData as OneData } from "./[id]/$types";
import { load as loadStep, actions as stepping } from "./[id]/handling/[step]/+page.server.ts";
import { load as loadContent, actions as showing } from "./[id]/indhold/+page.server.ts";
import { load as loadWays, actions as rerouting } from "./[id]/omdiriger/+page.server.ts";
import { load as loadDead } from "./ikke-afleverede/+page.server.ts";
import { actions as grouping, load as loadGroup } from "./ikke-afleverede/gruppe/+page.server.ts";
import { load as loadEnvelope } from "./kuvert/[id]/+page.server.ts";
import { actions as asking, load as loadPatient } from "./patient/+page.server.ts";
import { actions as searching } from "./soeg/+page.server.ts";

const db = await testDatabase();
const now = new Date("2026-03-01T10:00:00Z");
let number = 0;
let world: MessageWorld;

beforeEach(async () => {
  number += 1;
  world = await aMessageWorld(db, now, number);
});

type Outcome = {
  status?: number;
  location?: string;
  code?: string;
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
  content?: { text: string; isMasked: boolean };
  preview?: { lines?: string[]; matched?: number; text?: string };
  outcome?: { isComplete: boolean; lines: string[] };
  messages?: { id: string }[];
  notFound?: string[];
};
type Asked = { actor?: Actor; path?: string; params?: Record<string, string>; form?: Record<string, string> };
type Route = ((event: never) => unknown) | undefined;

async function call<Result = Outcome>(
  route: Route,
  { actor, path = "/meddelelser", params = {}, form }: Asked = {},
) {
  const ctx = world.at(actor ?? world.from);
  try {
    return (await route?.(testEvent({ ctx, path, params, ...(form && { form }) }) as never)) as Result;
  } catch (thrown) {
    return thrown as Result;
  }
}

const list = (path = "/meddelelser", actor?: Actor) =>
  call<ListData>(loadList as Route, { path, ...(actor && { actor }) });
const open = (id: string, actor?: Actor) =>
  call<OneData>(loadOne as Route, { params: { id }, ...(actor && { actor }) });

test("each side finds its messages by party, type, reference, state and day; others see none of them", async () => {
  const [first = "", second = ""] = await world.send(["M1", "M2"]);
  const ids = async (path: string, actor?: Actor) =>
    (await list(path, actor)).messages.map(({ id }) => id).sort();
  const both = [first, second].sort();
  for (const actor of [world.from, world.to]) expect(await ids("/meddelelser", actor)).toEqual(both);
  expect(await ids("/meddelelser", world.stranger)).toEqual([]);
  expect(await ids(`/meddelelser?party=${world.receiver}&messageType=dis01&state=queued`)).toEqual(both);
  expect(await ids("/meddelelser?reference=M2&fromDay=2026-03-01&toDay=2026-03-01")).toEqual([second]);
  expect(await ids("/meddelelser?reference=M2&fromDay=01-03-2026&toDay=1.3.2026")).toEqual([second]);
  expect(await ids("/meddelelser?fromDay=2026-03-02")).toEqual([]);
  expect(await ids("/meddelelser?toDay=2026-02-28")).toEqual([]);
  expect((await list("/meddelelser?reference=M2")).isFiltered).toBe(true);
  const wrong = await call(loadList as Route, { path: "/meddelelser?state=%27%3B+drop+table" });
  expect(wrong).toBeInstanceOf(DomainError);
});

test("a long list is paged with its filters, and shows every message once", async () => {
  await world.send(Array.from({ length: 130 }, (_, index) => `M${index}`));
  const seen: string[] = [];
  let path: string | null = "/meddelelser?messageType=DIS01";
  for (let pages = 0; path !== null; pages += 1) {
    const data: ListData = await list(path);
    expect(data.newest).toBe(pages === 0 ? null : "/meddelelser?messageType=DIS01");
    seen.push(...data.messages.map(({ id }) => id));
    path = data.next;
    expect(pages).toBeLessThan(5);
  }
  expect([seen.length, new Set(seen).size]).toEqual([130, 130]);
});

test("a refused message shows why, every attempt, and what each side may do", async () => {
  const [id = ""] = await world.send(["M1"]);
  await world.answer(503);
  const data = await open(id);
  expect(data.timeline.at(-1)?.text).toMatch(/^Modtageren svarede 503\. Nyt forsøg .*kl\. \d\d:\d\d:\d\d\.$/);
  expect(data.message.mark.text).toBe("I kø");
  expect(data.attempts).toMatchObject([{ number: 1, status: 503, latencyMilliseconds: 37 }]);
  // Only the receiver sees its server's answer.
  expect(data.timeline.at(-1)).toMatchObject({ latencyMilliseconds: 37, excerpt: null });
  const received = await open(id, world.to);
  expect(received.timeline.at(-1)).toMatchObject({ excerpt: "ukendt modtager" });
});

test("a dead letter shows the refusal and each side's own steps; others get 404, as for an unknown message", async () => {
  const [id = ""] = await world.send(["M1"]);
  await world.answer(410);
  const data = await open(id);
  expect(data.message.why).toMatchObject({ code: "receiver-refused", text: "Modtageren afviste den" });
  expect(data.timeline.at(-1)?.text).toContain("svarede 410");
  expect(data.steps.map(({ step }) => step)).toEqual(["reroute", "retry", "resend", "discard"]);
  expect(data.way?.href).toBeNull();
  const received = await open(id, world.to);
  expect(received.steps.map(({ step }) => step)).toEqual(["reroute", "retry", "discard"]);
  // The endpoint's owner gets a link to its health; the other side sees only its name.
  expect(received.way?.href).toBe(`/endepunkter/${world.webhook}/tilstand`);
  const nothing = await open("019a0000-0000-7000-8000-000000000000", world.stranger);
  const routes: [Route, Record<string, string>][] = [
    [loadOne as Route, { id }],
    [loadStep as Route, { id, step: "retry" }],
    [loadContent as Route, { id }],
    [loadWays as Route, { id }],
    [loadEnvelope as Route, { id: data.envelope.id }],
  ];
  for (const [route, params] of routes) {
    expect(await call(route, { actor: world.stranger, params })).toMatchObject({ code: "not-found" });
  }
  expect(nothing).toMatchObject({ code: "not-found" });
});

test("a user without the right to see messages is refused on every page about them", async () => {
  const [id = ""] = await world.send(["M1"]);
  const grant = { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const;
  const actor: Actor = {
    kind: "user",
    id: "authority",
    name: "Myndigheden",
    supplierId: null,
    grants: [grant],
  };
  for (const route of [loadList, loadOne, loadDead, loadContent, loadWays] as Route[]) {
    expect(await call(route, { actor, params: { id } })).toMatchObject({ code: "not-allowed" });
  }
});

test("the content is masked unless requested in clear, and each access is journalled with its reason", async () => {
  const [id = ""] = await world.send(["M1"], "Nancy Ann 2512484916");
  const show = (form: Record<string, string>, actor?: Actor) =>
    call(showing.default as Route, { params: { id }, form, ...(actor && { actor }) });
  const none = await show({ reason: "", show: "clear" });
  expect([none.status, none.data?.problem.fieldFaults.reason?.length]).toEqual([400, 1]);
  const masked = await show({ reason: "opkald fra klinikken", show: "masked" });
  expect(masked.content?.text).toContain("FTX+SPC");
  expect(masked.content?.text).not.toMatch(/Nancy|2512/);
  const clear = await show({ reason: "opkald fra klinikken", show: "clear" }, world.to);
  expect(clear.content?.text).toContain("Nancy Ann 2512484916");
  expect(
    (await listJournal(db, { limit: 2 })).map(({ comment, subjectType }) => [subjectType, comment]),
  ).toEqual([
    ["interchange", "in clear: opkald fra klinikken"],
    ["interchange", "masked: opkald fra klinikken"],
  ]);
  const other = await show({ reason: "nysgerrig", show: "clear" }, world.stranger);
  expect([other.status, other.content]).toEqual([404, undefined]);
});

test("rerouting shows its effect, changes nothing before it is confirmed, and refuses an endpoint that may not be chosen", async () => {
  const [id = ""] = await world.send(["M1"]);
  await world.answer(410);
  const post = (action: "preview" | "confirm", form: Record<string, string>, actor = world.to) =>
    call(rerouting[action] as Route, { actor, params: { id }, form });
  const form = { endpointId: world.mailbox, reason: "modtageren er flyttet" };
  const { preview } = await post("preview", form);
  expect(preview?.lines?.join(" ")).toMatch(/ikke registreret der.*ny kuvertreference/);
  expect((await getMessage(world.at(world.from), { id })).state).toBe("dead");
  expect((await post("preview", { ...form, endpointId: "" })).status).toBe(400);
  const foreign = await post("confirm", form, world.from);
  expect([foreign.status, foreign.data?.problem.formFaults]).toEqual([
    400,
    ["Modtageren modtager den ikke på det endepunkt nu. Vælg et andet."],
  ]);
  expect((await post("confirm", form)).location).toBe(`/meddelelser/${id}?gjort=reroute`);
  const data = await open(id);
  expect(data.message.mark.text).toBe("I kø");
  expect(data.timeline.at(-1)?.text).toMatch(/^Omdirigeret til .*postkasse\) i en ny kuvert$/);
  const envelopeId = data.timeline.at(-1)?.envelopeId ?? "";
  expect(await call(loadEnvelope as Route, { params: { id: envelopeId } })).toMatchObject({
    messages: [{ id }],
  });
});

test("messages are cancelled, held, released, resent, retried and given up, each with a reason", async () => {
  const step = (id: string, name: string, form: Record<string, string> = { reason: "en prøve" }) =>
    call(stepping.default as Route, { params: { id, step: name }, form });
  const [first = "", second = ""] = [...(await world.send(["M1"])), ...(await world.send(["M2"]))];
  expect((await step(first, "hold", { reason: "x" })).data?.problem.fieldFaults.reason).toBeDefined();
  expect((await step(first, "hold")).location).toBe(`/meddelelser/${first}?gjort=hold`);
  expect((await open(first)).message.why?.code).toBe("quarantine");
  expect((await step(first, "release")).location).toContain("gjort=release");
  expect((await step(first, "cancel")).location).toContain("gjort=cancel");
  expect((await step(first, "cancel")).data?.problem.formFaults).toEqual([
    "Meddelelsen har skiftet tilstand i mellemtiden. Se forløbet, og prøv igen.",
  ]);
  await world.answer(410);
  expect((await step(second, "retry")).location).toContain("gjort=retry");
  await world.answer(410);
  const resent = (await step(second, "resend")).location ?? "";
  expect(resent).not.toContain(second);
  const copy = /[0-9a-f-]{36}/.exec(resent)?.[0] ?? "";
  expect((await open(copy)).origin).toEqual({ id: second, isMessage: true });
  await world.answer(200);
  expect((await open(copy)).message.mark.text).toBe("Afleveret");
  expect((await step(second, "discard")).location).toContain("gjort=discard");
  expect(await step(second, "reroute")).toMatchObject({ code: "not-found" });
});

test("undelivered messages are grouped, and a group is moved with its count shown first", async () => {
  await world.send(["M1", "M2"]);
  await world.send(["M3"]);
  await world.answer(410);
  const { groups } = await call<{ groups: { key: string; count: number }[] }>(loadDead as Route);
  expect(groups).toMatchObject([{ count: 3, messageType: "DIS01" }]);
  const path = `/meddelelser/ikke-afleverede/gruppe?/confirm&${groups[0]?.key}`;
  expect(await call(loadGroup as Route, { path, actor: world.to })).toMatchObject({ count: 3 });
  expect(await call(loadGroup as Route, { path, actor: world.stranger })).toMatchObject({
    count: 0,
    options: [],
  });
  const post = (action: "preview" | "confirm", form: Record<string, string>, actor = world.to) =>
    call(grouping[action] as Route, { path, form, actor });
  const form = { what: "reroute", endpointId: world.mailbox, reason: "modtageren er flyttet" };
  expect(
    (await post("preview", { ...form, endpointId: "" })).data?.problem.fieldFaults.endpointId,
  ).toBeDefined();
  expect((await post("preview", form)).preview).toMatchObject({ matched: 3 });
  expect((await list("/meddelelser?state=dead")).messages).toHaveLength(3);
  const done = (count: number) => [`${count} af ${count} meddelelser er omdirigeret.`];
  expect((await post("confirm", form, world.stranger)).outcome?.lines).toEqual(done(0));
  expect((await post("confirm", form)).outcome).toEqual({ isComplete: true, lines: done(3) });
  expect((await list("/meddelelser?state=queued")).messages).toHaveLength(3);
});

test("a pasted list finds messages by either reference and reports missing ones; others find nothing", async () => {
  const [id = ""] = await world.send([`L${number}A`]);
  const search = (keys: string, actor?: Actor) =>
    call(searching.default as Route, { form: { keys }, ...(actor && { actor }) });
  const found = await search(` L${number}A;\nfindes-ikke, ${id}`);
  expect(found.messages?.map((message) => message.id)).toEqual([id]);
  expect(found.notFound).toEqual(["findes-ikke"]);
  const none = await search(`L${number}A`, world.stranger);
  expect([none.messages, none.notFound]).toEqual([[], [`L${number}A`]]);
  for (const keys of ["", "x".repeat(65), Array.from({ length: 1001 }, (_, n) => n).join(" ")]) {
    expect((await search(keys)).data?.problem.fieldFaults.keys).toHaveLength(1);
  }
});

test("a patient's messages are found only by POST, never by a number in the URL, and the search is journalled", async () => {
  const id = `251248${String(9000 + number)}`;
  const [message = ""] = await world.send(["M1"], `x'PNA+PAT+${id}:::CPR'FTX+SPC+P00++y`, 6);
  const find = (patientId: string, actor?: Actor) =>
    call(asking.default as Route, { form: { patientId }, ...(actor && { actor }) });
  for (const actor of [world.from, world.to]) {
    expect((await find(`${id.slice(0, 6)}-${id.slice(6)}`, actor)).messages?.map((each) => each.id)).toEqual([
      message,
    ]);
  }
  expect((await find(id, world.stranger)).messages).toEqual([]);
  expect((await find("12-")).data?.problem.fieldFaults.patientId).toHaveLength(1);
  const journal = JSON.stringify(await listJournal(db, { limit: 3 }));
  expect(journal).toContain("patient");
  expect(journal).not.toContain(id);
  const path = `/meddelelser/patient?patientId=${id}`;
  expect(await call(loadPatient as Route, { path })).toMatchObject({ code: "not-found" });
});

test("every state, reason and event of core has its own text", () => {
  const { state, reason } = MessageSummary.shape;
  const states = state.options.map((each) => stateMark(each).text);
  expect(new Set(states).size).toBeGreaterThan(states.length - 2);
  for (const each of reason.unwrap().options) {
    expect(reasonText(each).length).toBeGreaterThan(5);
    expect(adviceText(each).length).toBeGreaterThan(10);
  }
  const names = { sender: "A", receiver: "B", endpoints: new Map() };
  for (const event of EventView.shape.event.options) {
    const [line] = timelineOf(
      [{ id: 1, at: now.toISOString(), event, from: null, to: "queued", detail: null }],
      [],
      names,
    );
    expect(line?.text.length, event).toBeGreaterThan(4);
  }
  const codes = ["ECONNREFUSED", "TIMEOUT", "CERT_HAS_EXPIRED", "address-not-public", "ESTRANGE"];
  expect(new Set(codes.map(connectionText)).size).toBe(codes.length);
});
