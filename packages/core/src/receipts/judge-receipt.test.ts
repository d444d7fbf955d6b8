import { expect, test } from "vitest";
import type { MessageState } from "../messages/states.ts";
import { judgeReceipt, judgeTransportReceipt } from "./judge-receipt.ts";

type Row = [state: MessageState, positive: string, negative: string];

const onItsWay: Row[] = (["queued", "delivering", "held", "delivered", "dead"] as const).map((state) => [
  ...([state, "positive-receipt", "negative-receipt"] as const),
]);
const notYetSent: Row[] = (["received", "validated", "routed", "cancelled"] as const).map((state) => [
  ...([state, "receipt-late", "receipt-late"] as const),
]);
const answered: Row[] = [
  ["receipted-positive", "receipt-repeated", "receipt-contradicts"],
  ["receipted-negative", "receipt-contradicts", "receipt-repeated"],
  // The gateway itself has answered these negatively.
  ["rejected", "receipt-contradicts", "receipt-repeated"],
  ["expired", "receipt-contradicts", "receipt-repeated"],
];
const states = [...onItsWay, ...notYetSent, ...answered];

test.each(states)("of a message that is %s a positive receipt is %s, a negative one %s", (state, ...said) => {
  expect([judgeReceipt({ state }, "positive"), judgeReceipt({ state }, "negative")]).toEqual(said);
});

// For a message that has a receipt of its own: a positive one only says that it was delivered.
test.each(states)(
  "of an envelope around a message that is %s it is the same, except that a positive one says it was delivered",
  (state, ...said) => {
    const [positive, negative] = said.map((event) => (event === "positive-receipt" ? "delivered" : event));
    expect(judgeTransportReceipt({ state }, "positive", undefined)).toBe(positive);
    expect(judgeTransportReceipt({ state }, "negative", undefined)).toBe(negative);
  },
);

test.each(states)(
  "an envelope's second receipt is compared with its first, whatever the receipts of the message that is %s",
  (state) => {
    expect(judgeTransportReceipt({ state }, "positive", "positive")).toBe("receipt-repeated");
    expect(judgeTransportReceipt({ state }, "negative", "negative")).toBe("receipt-repeated");
    expect(judgeTransportReceipt({ state }, "negative", "positive")).toBe("receipt-contradicts");
    expect(judgeTransportReceipt({ state }, "positive", "negative")).toBe("receipt-contradicts");
  },
);

test("every state is in the table once", () => {
  const named = states.map(([state]) => state);
  expect(named.length).toBe(13);
  expect(new Set(named).size).toBe(13);
});
