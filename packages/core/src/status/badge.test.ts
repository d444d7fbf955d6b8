import { expect, test } from "vitest";
import { serviceStates, statusBadge } from "./index.ts";

test("each state has a word and a shape of its own, also without colour", () => {
  const badges = serviceStates.map((state) => statusBadge({ name: "EDI-gateway", state }));
  const grey = badges.map((badge) => badge.replaceAll(/#[0-9a-f]{6}/g, "#000000"));
  const shapes = grey.map((badge) => /translate\([^)]*\)">(.*?)<\/g>/.exec(badge)?.[1]);
  const titles = badges.map((badge) => /<title>(.*?)<\/title>/.exec(badge)?.[1]);
  expect(new Set(shapes).size).toBe(serviceStates.length);
  expect(titles).toEqual([
    "EDI-gateway: Kører normalt",
    "EDI-gateway: Nedsat drift",
    "EDI-gateway: Driftsstop",
    "EDI-gateway: Servicevindue",
    "EDI-gateway: Ukendt",
  ]);
  for (const badge of badges) expect(badge).toContain('role="img"');
});

test("a name is text, whatever it holds", () => {
  const badge = statusBadge({ name: `<script>"&`, state: "down" });
  expect(badge).not.toContain("<script>");
  expect(badge).toContain("&lt;script&gt;");
});
