import { expect, test } from "vitest";
import { timelineOf } from "./message-timeline.ts";

const names = { sender: "Lægen", receiver: "Sygehuset", endpoints: new Map<string, string>() };
const checked = (warnings: string | undefined) => ({
  ...{ id: 1, at: "2026-03-01T10:00:00.000Z", event: "found-valid" as const },
  ...{ from: "received" as const, to: "validated" as const },
  detail: warnings === undefined ? null : { warnings },
});

test.each([
  [undefined, "Kontrolleret uden fejl", ""],
  ["gln-check-digit", "Kontrolleret uden fejl", ""],
  [
    "gln-check-digit parties-differ carried-differs",
    "Afsender eller modtager i indholdet er en anden",
    "warn",
  ],
  ["carried-differs", "Indholdets type er en anden", "warn"],
])("a mismatch between an envelope and its content is shown to both sides: %s", (warnings, text, tone) => {
  const [line] = timelineOf([checked(warnings)], [], names);
  expect(line).toMatchObject({ text: expect.stringContaining(text), tone });
});

test("a line shows the time since the previous one, from one second on", () => {
  const at = ["10:00:00.000", "10:00:00.900", "10:00:35.900"].map((time) => `2026-03-01T${time}Z`);
  const lines = timelineOf(
    at.map((each) => ({ ...checked(undefined), at: each })),
    [],
    names,
  );
  expect(lines.map(({ afterMilliseconds }) => afterMilliseconds)).toEqual([null, null, 35_000]);
});
