import { describe, expect, test } from "vitest";
import { aRoutingTable, routingSamples } from "../testing/index.ts";
import { explainRoute } from "./explain-route.ts";
import { RouteExplanation } from "./schemas.ts";

const { now, open, closed } = routingSamples;
const table = aRoutingTable();

describe("an explanation", () => {
  const explain = (gln: string, messageType: string, more: object = {}) =>
    explainRoute(table, { gln, messageType, at: now, ...more });
  test("names the rule that failed, in both languages, and passes no rule after it", () => {
    const { rules, reason } = explain(closed, "DIS91");
    expect(reason).toBe("gln-closed");
    expect(rules.filter(({ outcome }) => outcome === "failed")).toMatchObject([{ rule: "period" }]);
    expect(rules.slice(3, 8).every(({ outcome }) => outcome === "not-reached")).toBe(true);
    expect(rules.every(({ da, en }) => da !== "" && en !== "" && da !== en)).toBe(true);
  });
  test("offers the successor, another version, another format", () => {
    expect(explain(closed, "DIS91").alternatives).toContainEqual(
      expect.objectContaining({ kind: "successor", gln: open, version: "D9134L" }),
    );
    const other = explain(open, "DIS91", { version: "D9199L" }).alternatives;
    expect(other.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
      "version D9134L",
      "version D9133L",
      "format XD9134L",
    ]);
  });
  test("contains the route when there is one", () => {
    const explained = explain(open, "DIS91");
    expect(explained.route).toMatchObject({ version: "D9134L" });
    expect(RouteExplanation.shape.rules.safeParse(explained.rules).success).toBe(true);
  });
});
