import { testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { twoVendors } from "../testing/two-vendors.ts";

test("a receipt that is sent again is counted separately from the first", async () => {
  const gateway = await twoVendors(await testDatabase());
  const message = { reference: "ONCE", messages: [{ reference: "UNKNOWN", version: "D9999X" }] };
  const counted = async () => {
    const { values } = await gateway.deps.metrics.receipts.get();
    return values.map(({ labels, value }) => [labels.kind, labels.polarity, value]);
  };
  await gateway.send(message);
  expect(await counted()).toEqual([["CTL01", "negative", 1]]);
  await gateway.send(message);
  expect(await counted()).toEqual([
    ["CTL01", "negative", 1],
    ["repeated-CTL01", "negative", 1],
  ]);
});
