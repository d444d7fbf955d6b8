import { DomainError, type Fault } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Language } from "../app-env.ts";
import { endpointProblemOf } from "./endpoint-problems.ts";
import { errorsOf } from "./index.ts";
import { messageProblemOf } from "./message-problems.ts";

describe("an error of a schema", () => {
  const Body = z.strictObject({
    reason: z.string().min(3).max(10),
    limit: z.int().max(9),
    at: z.iso.datetime(),
    id: Uuid,
    kind: z.enum(["a", "b"]),
    list: z.array(z.string()).min(1),
    key: z.string().regex(/^x$/, "keys-or-patient" satisfies Fault),
    pattern: z.string().regex(/^x$/),
    missing: z.boolean(),
    few: z.int().min(5),
    over: z.number().positive(),
    only: z.array(z.string()).max(1),
    two: z.array(z.string()).min(2),
  });
  const wrong = {
    ...{
      reason: "x",
      limit: 10,
      at: "i går",
      id: "7",
      kind: "c",
      list: [],
      key: "y",
      pattern: "y",
      other: 1,
      few: 1,
      over: 0,
      only: ["a", "b"],
      two: ["a"],
    },
  };
  const told = (language: Language) => {
    const { error } = Body.safeParse(wrong);
    if (!error) throw new Error("the schema took it");
    return Object.fromEntries(
      errorsOf(error, "json", language).map(({ pointer, detail }) => [pointer, detail]),
    );
  };

  test("is reported with the expected value, in Danish", () => {
    expect(told("da")).toEqual({
      "/reason": "mindst 3 tegn",
      "/limit": "må højst være 9",
      "/at": "skal være et tidspunkt som 2026-03-01T10:00:00Z",
      "/id": "skal være et id (UUID)",
      "/kind": "skal være en af: a, b",
      "/list": "må ikke være tom",
      "/key": "enten keys eller et patientId alene",
      "/pattern": "har ikke det rigtige format",
      "/missing": "mangler",
      "/few": "skal være mindst 5",
      "/over": "skal være over 0",
      "/only": "højst 1 element",
      "/two": "mindst 2 elementer",
      "/other": "ukendt",
    });
  });

  test("is in English if English is requested", () => {
    expect(told("en")).toMatchObject({
      "/key": "either keys, or a patientId alone",
      "/other": "unknown",
      "/missing": expect.stringMatching(/^Invalid input: expected boolean/),
    });
  });

  test("of a union is reported for the closest form", () => {
    const Either = z.union([
      z.strictObject({ id: Uuid }),
      z.strictObject({ group: z.string(), a: z.string() }),
    ]);
    const { error } = z.object({ what: Either }).safeParse({ what: { id: "7" } });
    expect(error && errorsOf(error, "json", "da")).toEqual([
      { pointer: "/what/id", detail: "skal være et id (UUID)" },
    ]);
  });
});

describe("a refusal of core", () => {
  test("says which of several causes it was, in the requested language", () => {
    const details = { fault: "several-envelopes" };
    const error = new DomainError("invalid", "several-envelopes", details);
    expect(messageProblemOf(error, "da")?.input.detail).toBe(
      "Der er mere end én kuvert; send dem en ad gangen.",
    );
    expect(messageProblemOf(error, "en")?.input.detail).toBe(error.message);
  });

  test("names its field in Danish", () => {
    const error = new DomainError("invalid", "mailbox-address", { field: "address" });
    expect(endpointProblemOf(error, "da")?.input.errors).toEqual([
      { pointer: "/address", detail: "En postkasse har ingen adresse." },
    ]);
  });
});
