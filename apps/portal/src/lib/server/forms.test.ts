import { DomainError } from "@sor/core";
import { expect, test } from "vitest";
import { z } from "zod";
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

test("a good form reaches the act, with lists as lists", async () => {
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

test("faults stand at their fields in Danish, with what was typed but never a password", async () => {
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
        fieldFaults: { name: ["Skal udfyldes."], size: ["Må højst være 5."] },
      },
    },
  });
  expect(JSON.stringify(answer)).not.toContain("hemmelig");
});

test("what core refuses becomes a text, at a field where the page says so; anything else flies", async () => {
  const request = () =>
    posted([
      ["name", "a"],
      ["size", "1"],
    ]);
  const refuse = (code: "conflict" | "not-allowed") => async () => {
    throw new DomainError(code, "refused");
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

test("a form with more fields than any of ours is refused before it is read", () => {
  const data = new FormData();
  for (let i = 0; i < 5001; i += 1) data.append("a[]", "1");
  expect(() => formValues(data)).toThrowError(expect.objectContaining({ code: "too-large" }));
});
