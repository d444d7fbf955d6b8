import { beforeAll, describe, expect, test } from "vitest";
import { takeAccountMails } from "../access/index.ts";
import { type Context, createContext } from "../context.ts";
import { makeSorId } from "../identifiers/index.ts";
import { findOrganisation } from "../organisations/index.ts";
import { applySet, aUser, editingNow, editorsOfRegister, newGln, unitToCreate } from "../testing/index.ts";
import {
  answerProposal,
  applyChangeSet,
  confirmProposalAddress,
  countProposalsToAnswer,
  findProposalOf,
  getChangeSet,
  getProposal,
  listChangeSets,
  NewProposal,
  propose,
  readProposalFigures,
  submitChangeSet,
  takeUpSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
let nobody: Context;
let region: Context;
let reader: Context;
beforeAll(async () => {
  world = await editorsOfRegister();
  const { db, owner } = world;
  nobody = createContext(db, { kind: "anonymous" }, editingNow);
  const scope = { kind: "subtree", sorId: owner } as const;
  region = (await aUser(db, "regionens", { role: "region", scope }, editingNow)).ctx;
  reader = (await aUser(db, "kommunen", { role: "reader", scope: { kind: "all" } }, editingNow)).ctx;
});

const wrong = (subjectId: string, more: object = {}) =>
  NewProposal.parse({
    subjectType: "unit",
    subjectId,
    topics: ["contact"],
    text: "Telefonen er forkert",
    ...more,
  });
const rename = (name: string) => ({
  kind: "unit.change",
  sorId: world.house,
  validFrom: "2026-07-01",
  attributes: { name },
});
const mails = async (at = editingNow) =>
  (
    await takeAccountMails(createContext(world.db, { kind: "system", job: "test" }, at), {
      limit: 50,
      leaseSeconds: 86_400,
    })
  ).map(({ kind, to, details }) => ({ kind, to, details }));
async function proposed(ctx: Context, input: Parameters<typeof propose>[1]) {
  const made = await propose(ctx, input);
  if (made.set === null) throw new Error("the proposal has errors");
  return made;
}

describe("a proposal by an account that may not edit", () => {
  test("waits with the region of the unit within ten working days, changes nothing, and is followed by its own commands", async () => {
    const { house, stranger } = world;
    const { set } = await proposed(reader, { ...wrong(house), commands: [rename("Rettet navn")] });
    expect(await findProposalOf(region, { id: set })).toMatchObject({
      topics: ["contact"],
      dueOn: "2026-06-15",
      isOverdue: false,
    });
    expect(await mails()).toMatchObject([
      { kind: "proposal-arrived", to: "regionens@example.org", details: { set } },
    ]);
    expect(
      await Promise.all([region, reader, stranger, world.authority()].map(countProposalsToAnswer)),
    ).toEqual([1, 0, 0, 0].map((waiting) => ({ waiting, overdue: 0 })));
    expect((await findOrganisation(nobody, { sorId: house, validAt: "2026-07-01" }))?.name).not.toBe(
      "Rettet navn",
    );
    await expect(getChangeSet(stranger, { id: set })).rejects.toMatchObject({ code: "not-found" });
    await expect(getChangeSet(nobody, { id: set })).rejects.toMatchObject({ code: "not-found" });
    await takeUpSet(region, { id: set });
    await expect(submitChangeSet(reader, { id: set })).rejects.toMatchObject({
      code: expect.stringMatching(/not-allowed|invalid/),
    });
    await submitChangeSet(region, { id: set });
    await applyChangeSet(region, { id: set });
    expect((await findOrganisation(nobody, { sorId: house, validAt: "2026-07-01" }))?.name).toBe(
      "Rettet navn",
    );
    expect(await findProposalOf(reader, { id: set })).toMatchObject({ outcome: "followed" });
    expect(await mails()).toMatchObject([
      { kind: "proposal-answered", to: "kommunen@example.org", details: { outcome: "followed" } },
    ]);
  });

  test("with a command that breaks a rule is not made, and says why; that it lacks the right is no fault", async () => {
    const command = { ...rename("x"), sorId: makeSorId(70_001) };
    const { set, problems } = await propose(reader, { ...wrong(world.house), commands: [command] });
    expect([set, problems]).toMatchObject([null, [{ severity: "error", fault: "no-such-unit" }]]);
    const many = propose(reader, {
      ...wrong(world.house),
      commands: Array.from({ length: 51 }, () => rename("x")),
    });
    await expect(many).rejects.toMatchObject({ code: "too-large" });
  });

  test("is answered by those who may edit the unit, with words that its proposer gets, and by nobody else", async () => {
    const { house } = world;
    const { set, token } = await proposed(reader, {
      ...wrong(house),
      topics: ["new-location-number"],
      text: "Nyt journalsystem",
    });
    await mails();
    const answer = { id: set, outcome: "declined", answer: "Systemet er ikke godkendt." } as const;
    await expect(answerProposal(reader, answer)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(answerProposal(world.stranger, answer)).rejects.toMatchObject({ code: "not-found" });
    await answerProposal(region, answer);
    expect(await getProposal(nobody, { token })).toMatchObject({
      outcome: "declined",
      answer: answer.answer,
    });
    expect((await getChangeSet(reader, { id: set })).state).toBe("declined");
    expect(await mails()).toMatchObject([
      { kind: "proposal-answered", details: { set, outcome: "declined" } },
    ]);
    await expect(answerProposal(region, answer)).rejects.toMatchObject({ details: { fault: "state" } });
  });

  test("of a unit that no region has, or that is overdue, waits with the authority", async () => {
    const { otherOwner, db, house } = world;
    const late = await proposed(reader, wrong(house));
    const { set } = await proposed(reader, wrong(otherOwner));
    const waits = async (at: Date) => {
      const { actor } = world.authority();
      return await countProposalsToAnswer(createContext(db, actor, at));
    };
    expect(await waits(editingNow)).toEqual({ waiting: 1, overdue: 0 });
    expect(await waits(new Date("2026-06-16T10:00:00Z"))).toEqual({ waiting: 2, overdue: 2 });
    for (const id of [late.set, set])
      await answerProposal(world.authority(), { id, outcome: "followed", answer: "Rettet." });
    expect(await waits(editingNow)).toEqual({ waiting: 0, overdue: 0 });
  });
});

describe("a proposal without an account", () => {
  const address = "borger@example.com";

  test("mails its address a receipt and, once confirmed, the answer; it has no commands", async () => {
    const { house } = world;
    await mails();
    const client = "192.0.2.1";
    const [quiet, told] = [
      await proposed(nobody, { ...wrong(house, { address: "fremmed@example.com" }), client }),
      await proposed(nobody, { ...wrong(house, { address }), client }),
    ];
    const receipts = (await mails()).filter(({ kind }) => kind === "proposal-received");
    expect(receipts.toSorted((a, b) => a.to.localeCompare(b.to))).toMatchObject([
      { to: address },
      { to: "fremmed@example.com", details: { token: quiet.token } },
    ]);
    expect(await getProposal(nobody, { token: told.token })).toMatchObject({ mail: "unconfirmed" });
    await confirmProposalAddress(nobody, { token: told.token });
    await expect(confirmProposalAddress(nobody, { token: "gæt" })).rejects.toMatchObject({
      code: "not-found",
    });
    for (const { set } of [quiet, told])
      await answerProposal(region, { id: set, outcome: "followed", answer: "Rettet i dag." });
    expect((await mails()).map(({ kind, to }) => [kind, to])).toEqual([["proposal-answered", address]]);
    expect((await getChangeSet(region, { id: told.set })).ownerName).toBe("Offentligheden");
    const command = propose(nobody, { ...wrong(house), client, commands: [rename("Overtaget")] });
    await expect(command).rejects.toMatchObject({ code: "too-large" });
  });

  test("is limited by network, by unit and by address, and needs a unit or location number of the register", async () => {
    const { house } = world;
    const units = await applySet(
      world.system,
      Array.from({ length: 8 }, () => unitToCreate(world.owner)),
    );
    const at = (sorId: string | undefined, client: string, more: object = {}) =>
      propose(nobody, { ...wrong(sorId ?? "", more), client });
    for (const sorId of units.slice(0, 5)) await at(sorId, "2001:db8:1:2::1");
    await expect(at(units[5], "2001:db8:1:2::ffff")).rejects.toMatchObject({ code: "too-many" });
    for (let count = 0; count < 5; count += 1) await at(house, `192.0.2.${10 + count}`);
    await expect(at(house, "192.0.2.99")).rejects.toMatchObject({ code: "too-many" });
    for (const [count, sorId] of units.slice(5).entries()) {
      await at(sorId, `198.51.100.${count}`, { address: `mange+${count}@example.com` });
    }
    await expect(at(units[7], "198.51.100.9", { address: "Mange@example.com" })).rejects.toMatchObject({
      code: "too-many",
    });
    await expect(at(makeSorId(70_002), "198.51.100.10")).rejects.toMatchObject({ code: "not-found" });
    const unknown = propose(nobody, {
      ...wrong(newGln(), { subjectType: "location" }),
      client: "198.51.100.11",
    });
    await expect(unknown).rejects.toMatchObject({ code: "not-found" });
    expect((await listChangeSets(nobody, {})).items).toEqual([]);
  });

  test("counts in the public figures", async () => {
    const figures = await readProposalFigures(nobody);
    expect(figures).toMatchObject({ declined: 1, overdue: 0, inTime: 6, medianDays: 0 });
    expect(figures.followed).toBe(5);
    expect(figures.received).toBe(figures.followed + figures.declined + figures.open);
  });
});
