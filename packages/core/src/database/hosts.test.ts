import { expect, test } from "vitest";
import { readDatabaseUrl } from "./hosts.ts";

test.each([
  ["postgresql://u:p@db/sor", ["db:5432"], "any"],
  ["postgres://u:p@db:6000/sor?sslmode=require", ["db:6000"], "any"],
  ["postgresql://u:p@a:1,b,[::1]:3/sor", ["a:1", "b:5432", "::1:3"], "read-write"],
  ["postgresql://u:p%40q@a,b/sor?target_session_attrs=any", ["a:5432", "b:5432"], "any"],
  ["postgresql://a/sor?target_session_attrs=primary", ["a:5432"], "read-write"],
])("%s leads to %j, %s", (text, hosts, wanted) => {
  const read = readDatabaseUrl(text);
  expect([read?.hosts.map(({ host, port }) => `${host}:${port}`), read?.wanted]).toEqual([hosts, wanted]);
  expect(read?.url).not.toMatch(/target_session_attrs|,/);
});

test.each([
  "mysql://db/sor",
  "postgresql://",
  "postgresql://u:p@/sor",
  "postgresql://a,/sor",
  "postgresql://a:70000,b/sor",
  "postgresql://a b/sor",
  "postgresql://a,b/sor?target_session_attrs=standby",
  `postgresql://${Array.from({ length: 17 }, (_, at) => `h${at}`).join(",")}/sor`,
])("%s is refused", (text) => {
  expect(readDatabaseUrl(text)).toBeUndefined();
});
