import { DomainError } from "@sor/core";
import { MessageTypeCode } from "@sor/core/message-types";
import { WrittenDay } from "@sor/core/validity";
import { expect, test } from "vitest";
import { z } from "zod";
import { faultText } from "./fault-text.ts";
import { formValues, submitForm } from "./forms.ts";

const schema = z.object({
  name: z.string().min(1),
  size: z.coerce.number().max(5),
  tags: z.array(z.string()).default([]),
});

function posted(fields: [string, string][]): Request {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  return new Request("http://localhost/", { method: "POST", body });
}

test("a valid form is passed to `act`, with lists as lists", async () => {
  const request = posted([
    ["name", "a"],
    ["size", "3"],
    ["tags[]", "x"],
  ]);
  expect(await submitForm(request, { schema }, async (input) => input)).toEqual({
    name: "a",
    size: 3,
    tags: ["x"],
  });
});

test("faults are returned by field in Danish, with the submitted values but never a password", async () => {
  const request = posted([
    ["name", ""],
    ["size", "9"],
    ["newPassword", "hemmelig"],
  ]);
  const answer = await submitForm(request, { schema }, async () => expect.fail("must not act"));
  expect(answer).toMatchObject({
    status: 400,
    data: {
      problem: {
        values: { name: [""], size: ["9"] },
        fieldFaults: { name: ["Skal udfyldes."], size: ["Skriv et tal på højst 5."] },
      },
    },
  });
  expect(JSON.stringify(answer)).not.toContain("hemmelig");
});

// One line for every issue code that a form can produce; the others need schemas that no form has.
const faults: Record<z.core.$ZodIssue["code"], [schema: z.ZodType, value: unknown, text: string][]> = {
  too_small: [
    [z.string().min(1), "", "Skal udfyldes."],
    [z.string().min(3), "ab", "Skriv mindst 3 tegn."],
    [z.array(z.string()).min(1), [], "Vælg mindst 1."],
    [z.array(z.string()).min(2), ["a"], "Vælg mindst 2."],
    [z.coerce.number().min(1), "0", "Skriv et tal på mindst 1."],
    [z.coerce.number().min(60), "3", "Skriv et tal på mindst 60."],
    [z.coerce.number().positive(), "0", "Skriv et tal over 0."],
  ],
  too_big: [
    [z.string().max(3), "abcd", "Skriv højst 3 tegn."],
    [z.array(z.string()).max(1), ["a", "b"], "Vælg højst 1."],
    [z.coerce.number().max(432_000), "432001", "Skriv et tal på højst 432.000."],
    [z.coerce.number().lt(5), "5", "Skriv et tal under 5."],
  ],
  invalid_type: [
    [z.string(), undefined, "Skal udfyldes."],
    [z.string(), ["a", "b"], "Skal udfyldes."],
    [z.coerce.number(), "mange", "Skriv et tal."],
    [z.coerce.number().pipe(z.int()), "1.5", "Skriv et helt tal."],
  ],
  not_multiple_of: [[z.coerce.number().multipleOf(1), "1.5", "Skriv et helt tal."]],
  invalid_value: [[z.enum(["a", "b"]), "c", "Vælg en af mulighederne."]],
  unrecognized_keys: [[z.strictObject({}), { a: "1" }, "Ukendt felt."]],
  invalid_format: [[z.string().regex(/^x$/), "y", "Har ikke det rigtige format."]],
  invalid_union: [[z.union([z.literal("a"), z.array(z.string())]), "b", "Har ikke det rigtige format."]],
  invalid_key: [[z.record(z.string().regex(/^x$/), z.string()), { y: "1" }, "Har ikke det rigtige format."]],
  invalid_element: [[z.map(z.string(), z.string().max(1)), new Map([["a", "bc"]]), "Skriv højst 1 tegn."]],
  custom: [
    [z.string().refine(() => false), "a", "Har ikke det rigtige format."],
    [WrittenDay, "i morgen", "Skriv datoen som dd-mm-åååå, fx 31-12-2026."],
    [WrittenDay, "31-02-2026", "Datoen findes ikke i kalenderen."],
    [MessageTypeCode, "<b>", "En meddelelsestype har 2 til 40 bogstaver, cifre, punktummer og bindestreger."],
  ],
};

test.each(
  Object.entries(faults).flatMap(([code, cases]) =>
    cases.map(([wanted, value, text]) => ({ code, wanted, value, text })),
  ),
)("$code of $value is shown as: $text", ({ wanted, value, text }) => {
  expect(wanted.safeParse(value).error?.issues.map(faultText)).toEqual([text]);
});

test("a refusal of core becomes a text, at a field where the page maps it; any other error is rethrown", async () => {
  const request = () =>
    posted([
      ["name", "a"],
      ["size", "1"],
    ]);
  const refuse = (code: "conflict" | "not-allowed") => async () => {
    throw new DomainError(code, "collides");
  };
  const refusals = { conflict: () => ({ field: "name", text: "Taget." }) };
  expect(await submitForm(request(), { schema, refusals }, refuse("conflict"))).toMatchObject({
    status: 400,
    data: { problem: { fieldFaults: { name: ["Taget."] }, formFaults: [] } },
  });
  expect(await submitForm(request(), { schema }, refuse("not-allowed"))).toMatchObject({ status: 403 });
  const broken = async () => Promise.reject(new TypeError("a bug"));
  await expect(submitForm(request(), { schema }, broken)).rejects.toThrow(TypeError);
});

test("a form with too many fields is refused before it is parsed", () => {
  const data = new FormData();
  for (let i = 0; i < 5001; i += 1) data.append("a[]", "1");
  expect(() => formValues(data)).toThrowError(expect.objectContaining({ code: "too-large" }));
});
