import { expect, test } from "vitest";
import { composeMessage, type Happening } from "./compose-message.ts";
import { alertKinds } from "./kinds.ts";
import type { AlertFacts } from "./tables.ts";
import { factText } from "./wording.ts";

/** Every count that a sentence tells. */
const all = (count: number): AlertFacts =>
  Object.fromEntries(
    ["failuresInRow", "waiting", "sent", "received", "overdue", "daysLeft", "skewSeconds"].map((name) => [
      name,
      count,
    ]),
  );
const plural =
  /\b1 (?:gange|forsendelser|meddelelser|dage|sekunder|alarmer|times|deliveries|messages|days|seconds|alerts)\b/;

test.each(alertKinds)("%s tells one as one and two as several, in both languages", (kind) => {
  const [one, two] = [factText(kind, all(1)), factText(kind, all(2))];
  for (const text of [one.da, one.en]) expect(text).not.toMatch(plural);
  const nouns: Partial<Record<typeof kind, RegExp[]>> = {
    "endpoint-down": [/\b1 gang\./, /\b1 time\./, /2 gange i træk/, /2 times in a row/],
    "queue-old": [
      /^1 forsendelse /,
      /^1 delivery .* has .* it /,
      /^2 forsendelser /,
      /^2 deliveries .* have/,
    ],
    "head-of-line": [
      / 1 forsendelse /,
      / 1 delivery .* waits /,
      / 2 forsendelser /,
      / 2 deliveries .* wait /,
    ],
    "messages-overdue": [
      /^1 meddelelse .* sin /,
      /^1 message has /,
      /^2 meddelelser .* deres /,
      /^2 messages have/,
    ],
    "certificate-expiring": [/ 1 dag\.$/, / 1 day\.$/, / 2 dage\.$/, / 2 days\.$/],
    "clock-skew": [/ 1 sekund /, / 1 second\./, / 2 sekunder /, / 2 seconds\./],
  };
  const told = [one.da, one.en, two.da, two.en];
  for (const [at, noun] of (nouns[kind] ?? []).entries()) expect(told[at]).toMatch(noun);
});

test.each([
  [
    0,
    "Endepunktets certifikat udløber inden for et døgn.",
    "The endpoint's certificate expires within a day.",
  ],
  [-2, "Endepunktets certifikat er udløbet.", "The endpoint's certificate has expired."],
])("a certificate with %i days left is told without a number", (daysLeft, da, en) => {
  expect(factText("certificate-expiring", { daysLeft })).toEqual({ da, en });
});

test("the subject of a mail tells one alert and one solved as one", () => {
  const at = new Date("2026-03-01T10:00:00Z");
  const happening = (phase: Happening["phase"]): Happening => ({
    ...{
      incidentId: "1",
      phase,
      kind: "queue-old",
      severity: "serious",
      endpointId: null,
      endpointName: null,
    },
    ...{ openedAt: at, closedAt: null, facts: { waiting: 1 } },
  });
  const more = {
    receiverName: "Vagten",
    portalOrigin: "https://sor.example.org",
    madeAt: at,
    references: [],
  };
  const composed = composeMessage({ happenings: [happening("opened"), happening("closed")], ...more });
  expect(composed.subject).toBe("[SOR drift] 1 alarm, 1 løst / 1 alert, 1 solved");
  for (const text of [composed.text, composed.html, composed.json]) expect(text).not.toMatch(plural);
});
