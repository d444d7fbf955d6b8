import { expect, test } from "vitest";
import { passwordFault } from "./password-fault.ts";

test.each([
  ["elleve tegn", "too-short"],
  ["x".repeat(129), "too-long"],
  ["bo.bergbo.berg", "is-user-name"],
  ["BO.BERGBO.BERG", "is-user-name"],
  ["Adgangskode123", "too-common"],
  ["aaaaaaaaaaaaaaaa", "too-common"],
  ["en lang sætning", undefined],
  ["tolv tegn ja", undefined],
  ["xy".repeat(64), undefined],
])("the password %s of bo.bergbo.berg: %s", (password, fault) => {
  expect(passwordFault(password, "bo.bergbo.berg")).toBe(fault);
});
