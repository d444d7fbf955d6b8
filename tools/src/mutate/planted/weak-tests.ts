import { expect, test } from "vitest";
import { mayEnter } from "./may-enter.ts";

test("adults who are invited may enter", () => {
  expect(mayEnter(30, ["Ida", "Bo"], "Ida")).toBe(true);
  expect(mayEnter(30, ["Ida"], "Bo")).toBe(false);
  expect(mayEnter(30, ["", "Ida"], "")).toBe(false);
  expect(mayEnter(3, ["Ida"], "Ida")).toBe(false);
});
