import { expect, test } from "vitest";
import { NoticeSubscriptionForm } from "./index.ts";

const form = {
  ...{ mail: "Anna@Example.dk", scope: "all", kinds: ["incident", "window"] },
  ...{ digest: "at-once", language: "da" },
};

test("a form of all services also means those to come, and one of some means only them", () => {
  expect(NoticeSubscriptionForm.parse({ ...form, services: ["sor"] })).toMatchObject({
    isByProgram: false,
    wishes: { services: "all", kinds: ["incident", "window"] },
  });
  const chosen = { ...form, scope: "chosen", services: ["sor", "sor"], website: "https://spam.example" };
  expect(NoticeSubscriptionForm.parse(chosen)).toMatchObject({
    isByProgram: true,
    wishes: { services: ["sor"] },
  });
});

test.each<[string, object, string]>([
  ["no kind", { kinds: [] }, "kinds"],
  ["no kinds at all", { kinds: undefined }, "kinds"],
  ["no service, where some are to be chosen", { scope: "chosen" }, "services"],
  ["an address that is none", { mail: "anna" }, "mail"],
  ["two addresses", { mail: "a@example.dk, b@example.dk" }, "mail"],
])("a form with %s is refused at its field", (_name, more, field) => {
  const read = NoticeSubscriptionForm.safeParse({ ...form, ...more });
  expect([...new Set(read.error?.issues.map(({ path }) => path[0]))]).toEqual([field]);
});
