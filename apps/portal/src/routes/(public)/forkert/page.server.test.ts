import { createContext } from "@sor/core";
import { findProposalOf, getChangeSet, listChangeSets, type Proposal } from "@sor/core/changesets";
import { getUnitLine } from "@sor/core/organisations";
import { beforeAll, describe, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { aHospital, type Outcome, open, post, untouched } from "../../../testing/unit-pages.ts";
import { actions as setActions } from "../../(member)/aendringssaet/[id]/+page.server.ts";
import { load as loadUnit, actions as unitActions } from "../enhed/[sorId]/+page.server.ts";
import { load as loadFigures } from "../forslag/+page.server.ts";
import { actions as followActions, load as loadProposal } from "../forslag/[token]/+page.server.ts";
import { actions, load } from "./+page.server.ts";

let world: Awaited<ReturnType<typeof aHospital>>;
beforeAll(async () => {
  world = await aHospital();
});
const nobody = () => createContext(world.db, { kind: "anonymous" }, world.region().now);

async function report(
  query: string,
  form: Record<string, string | string[]>,
  ctx = nobody(),
): Promise<Outcome> {
  try {
    return (await actions["default"]?.(
      testEvent({ ctx, path: `/forkert?${query}`, form }) as never,
    )) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

type Followed = { proposal: Proposal; mail: string };
const follow = async (token: string) =>
  (await loadProposal(
    testEvent({ ctx: nobody(), path: `/forslag/${token}`, params: { token } }) as never,
  )) as Followed;

describe("what is wrong", () => {
  test("is told of a unit without an account, confirmed, answered by the region, and followed by its proposer", async () => {
    const query = `enhed=${world.eyes}`;
    expect(await load(testEvent({ ctx: nobody(), path: `/forkert?${query}` }) as never)).toMatchObject({
      isSignedIn: false,
      subject: { type: "unit" },
    });
    const empty = await report(query, { text: "", mail: "ikke en adresse" });
    expect(Object.keys(empty.data?.problem.fieldFaults ?? {}).sort()).toEqual(["mail", "text", "topics"]);
    const sent = await report(query, {
      "topics[]": ["contact"],
      text: "Nyt nummer",
      mail: "borger@example.dk",
    });
    const token = /^\/forslag\/([\w-]{32})\?sendt$/.exec(sent.location ?? "")?.[1] ?? "";
    expect(await follow(token)).toMatchObject({
      mail: "unconfirmed",
      proposal: { topics: ["contact"], outcome: null },
    });
    const event = testEvent({ ctx: nobody(), path: `/forslag/${token}`, params: { token }, form: {} });
    const confirmed = await Promise.resolve(followActions["confirm"]?.(event as never)).catch(
      (thrown: unknown) => thrown,
    );
    expect((confirmed as Outcome).location).toBe(`/forslag/${token}?bekraeftet`);
    expect(await follow(token)).toMatchObject({ mail: "confirmed" });

    const [set] = (await listChangeSets(world.region(), { state: "proposed" })).items;
    const id = set?.id ?? "";
    const seen = await open<{ openSets: { id: string }[] }>(loadUnit, {
      ctx: world.region(),
      sorId: world.eyes,
    });
    expect(seen.openSets.map((each) => each.id)).toEqual([id]);
    const public_ = await open<{ openSets: unknown[] }>(loadUnit, { ctx: nobody(), sorId: world.eyes });
    expect(public_.openSets).toEqual([]);
    const form = { outcome: "followed", answer: "Nummeret er rettet." };
    const answering = testEvent({ ctx: world.region(), path: `/aendringssaet/${id}`, params: { id }, form });
    const answered = await Promise.resolve(setActions["answer"]?.(answering as never)).catch(
      (thrown: unknown) => thrown,
    );
    expect((answered as Outcome).location).toContain("gjort=answered");
    expect(await follow(token)).toMatchObject({
      proposal: { outcome: "followed", answer: "Nummeret er rettet." },
    });
    expect(await loadFigures(testEvent({ ctx: nobody() }) as never)).toMatchObject({
      figures: { received: 1, followed: 1 },
    });
  });

  test("is refused about what the register does not have, and after too many from one network", async () => {
    expect(await report("enhed=123", { "topics[]": ["name"], text: "x" })).toMatchObject({ code: "invalid" });
    const query = `enhed=${world.heart}`;
    for (let count = 0; count < 4; count += 1) {
      expect((await report(query, { "topics[]": ["name"], text: "x" })).location).toContain("/forslag/");
    }
    const late = await report(query, { "topics[]": ["name"], text: "x" });
    expect([late.status, late.data?.problem.formFaults.length]).toEqual([429, 1]);
  });
});

test("who may not edit a unit proposes the change on its form, with a reason; the unit stays as it is", async () => {
  const { ward: sorId, stranger, region } = world;
  type Editing = { editing: { isProposal: boolean; open: { etag: string; fields: never[] } | null } | null };
  const { editing } = await open<Editing>(loadUnit, { ctx: stranger, sorId, query: "?ret=navn&foreslaa=1" });
  expect(editing?.isProposal).toBe(true);
  const form = {
    ...untouched(editing?.open?.fields ?? []),
    etag: editing?.open?.etag ?? "",
    name: "Foreslået navn",
  };
  const propose = (more: Record<string, string>) =>
    post(
      unitActions.save,
      { ...form, ...more },
      { ctx: stranger, sorId, query: "?ret=navn&foreslaa=1&/save" },
    );
  expect(Object.keys((await propose({ why: "" })).data?.problem.fieldFaults ?? {})).toEqual(["why"]);
  expect(
    Object.keys((await propose({ why: "ny skiltning", name: "" })).data?.problem.fieldFaults ?? {}),
  ).toEqual(["name"]);
  const sent = await propose({ why: "ny skiltning" });
  const id = sent.location?.split("gemt=")[1] ?? "";
  expect((await getChangeSet(stranger, { id })).state).toBe("proposed");
  expect(await findProposalOf(region(), { id })).toMatchObject({
    topics: ["name"],
    text: "ny skiltning",
    mayAnswer: true,
  });
  expect((await getUnitLine(world.db, sorId)).versions.map(({ name }) => name)).not.toContain(
    "Foreslået navn",
  );
  const plain = await post(
    unitActions.save,
    { ...form, into: "now" },
    { ctx: stranger, sorId, query: "?ret=navn&/save" },
  );
  expect(plain).toMatchObject({ status: 403 });
});
