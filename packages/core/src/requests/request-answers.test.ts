import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { aVendor, testDatabase } from "../testing/index.ts";
import { claimRequest, keepClaimedAnswer, releaseClaim, underRequest } from "./request-answers.ts";

const start = new Date("2026-03-01T10:00:00Z");
const request = { key: "k", requestSha256: "s" };
const answer = { status: 201, headers: {}, body: "made once" };
let db: Database;
let actor: Actor;
const at = (seconds: number) => createContext(db, actor, new Date(start.getTime() + seconds * 1000));

beforeEach(async () => {
  db = await testDatabase();
  actor = (await aVendor(db)).key;
});

test.each([
  ["gives up", releaseClaim],
  ["answers otherwise", (ctx, of) => keepClaimedAnswer(ctx, of, { ...answer, body: "made twice" })],
] as [string, typeof releaseClaim][])(
  "a process that was suspended until another had answered its request, and then %s, keeps that answer",
  async (_, comeBack) => {
    const [standing, second] = [at(0), at(121)];
    expect(await claimRequest(standing, request)).toBeUndefined();
    expect(await claimRequest(second, request)).toBeUndefined();
    await keepClaimedAnswer(second, request, answer);
    await comeBack(standing, request);
    expect(await claimRequest(at(200), request)).toEqual(answer);
  },
);

test("a process that was suspended does not overwrite the answer of the one that took over", async () => {
  const [standing, second] = [at(0), at(121)];
  await claimRequest(standing, request);
  await claimRequest(second, request);
  await releaseClaim(standing, request);
  await expect(claimRequest(at(130), request)).rejects.toMatchObject({ details: { fault: "in-flight" } });
  const recalled = db.transaction(async (tx) => await underRequest(second, request).request?.recall(tx));
  await expect(recalled).resolves.toBeUndefined();
});
