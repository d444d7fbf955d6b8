import { afterEach, expect, test } from "vitest";
import { readConfig } from "./config.ts";
import { programs } from "./programs.ts";

afterEach(() => {
  for (const name of ["SOR_SECRET", "SMTP_URL"]) delete process.env[name];
});

test("the gateway does not get the portal's session secret, nor the portal the mail settings", () => {
  const secret = "only-for-tests-and-long-enough-to-be-taken";
  Object.assign(process.env, { SOR_SECRET: secret, SMTP_URL: "smtp://user:word@mail.example.org" });
  const read = readConfig(process.env);
  if ("faults" in read) throw new Error(read.faults.join());
  const [gateway, portal] = programs(read.config, "postgresql://x:y@localhost/z", secret, "serve");
  expect(JSON.stringify(gateway)).not.toContain(secret);
  expect(gateway?.environment.SMTP_URL).toContain("mail.example.org");
  expect(portal?.environment.SOR_SECRET).toBe(secret);
  expect(JSON.stringify(portal)).not.toContain("mail.example.org");
});
