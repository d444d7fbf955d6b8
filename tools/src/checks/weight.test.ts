import { expect, test } from "vitest";
import { root } from "../root.ts";
import { installedPackages, limits, packagesListed, weightFaults } from "./weight.ts";

const lockfile = `lockfileVersion: '9.0'

packages:

  '@biomejs/biome@2.6.8':
    resolution: {integrity: sha512-x}

  pg@8.23.1:
    resolution: {integrity: sha512-y}

snapshots:

  pg@8.23.1:
    dependencies:
      pg-types: 2.2.0
`;

test("the packages of a lockfile are listed once each", () => {
  expect(packagesListed(lockfile)).toEqual(["@biomejs/biome@2.6.8", "pg@8.23.1"]);
});

test("this install is within its limits, and every installed package is counted", () => {
  const installed = installedPackages(root);
  expect(installed.map(({ name }) => name.replace(/@[^@]+$/, ""))).toEqual(
    expect.arrayContaining(["node", "vite", "svelte", "pg", "@biomejs/biome"]),
  );
  expect(installed.find(({ name }) => name.startsWith("node@"))?.bytes).toBeGreaterThan(50e6);
  expect(weightFaults(installed)).toEqual([]);
});

test("one package or one megabyte too many is a fault", () => {
  const many = Array.from({ length: limits.packages + 1 }, (_, at) => ({ name: `p${at}@1.0.0`, bytes: 1 }));
  expect(weightFaults(many)).toEqual([expect.stringContaining("packages are installed")]);
  expect(weightFaults(many.slice(1))).toEqual([]);
  const heavy = { name: "heavy@1.0.0", bytes: (limits.megabytes + 1) * 1e6 };
  expect(weightFaults([heavy])).toEqual([expect.stringContaining("MB")]);
});
