import { hasGlnCheckDigit } from "../identifiers/index.ts";
import { toText } from "./moments.ts";
import { alternativeCodes } from "./other-format.ts";
import type { RouteOutcome } from "./outcome.ts";
import { type RouteQuestion, resolveRoute, typeFor, versionsOf } from "./resolve-route.ts";
import type { RoutingTable } from "./routing-table.ts";
import type { RouteExplanation } from "./schemas.ts";
import { routeAnswer } from "./write-route.ts";

type Rule = RouteExplanation["rules"][number];
type Outcome = Rule["outcome"];
type Alternative = RouteExplanation["alternatives"][number];
type Words = { da: string; en: string };

const said = (rule: string, outcome: Outcome, words: Words): Rule => ({ rule, outcome, ...words });

/** The rules in the order in which a lookup checks them, each with the refusals it can cause. */
const order = ["known", "period", "active", "type", "version", "validity", "endpoint"] as const;
type RuleName = (typeof order)[number];

const ruleWords: Record<RuleName, { passed: Words; failed: Words }> = {
  known: {
    passed: { da: "Lokationsnummeret er registreret.", en: "The location number is registered." },
    failed: { da: "Lokationsnummeret er ikke registreret.", en: "The location number is not registered." },
  },
  period: {
    passed: {
      da: "Lokationsnummeret gælder på tidspunktet.",
      en: "The location number is valid at that time.",
    },
    failed: {
      da: "Lokationsnummeret gælder ikke på tidspunktet.",
      en: "The location number is not valid at that time.",
    },
  },
  active: {
    passed: { da: "Lokationsnummeret er aktivt.", en: "The location number is active." },
    failed: {
      da: "Lokationsnummeret er registreret som ikke aktivt.",
      en: "The location number is registered as not active.",
    },
  },
  type: {
    passed: { da: "Meddelelsestypen modtages.", en: "The message type is received." },
    failed: { da: "Meddelelsestypen modtages ikke.", en: "The message type is not received." },
  },
  version: {
    passed: { da: "Versionen modtages.", en: "The version is received." },
    failed: {
      da: "Typen modtages, men ikke i denne version.",
      en: "The type is received, but not in this version.",
    },
  },
  validity: {
    passed: { da: "Registreringen gælder på tidspunktet.", en: "The registration is valid at that time." },
    failed: { da: "Registreringen gælder først senere.", en: "The registration is not valid until later." },
  },
  endpoint: {
    passed: { da: "Endepunktet tager imod.", en: "The endpoint takes messages." },
    failed: { da: "Endepunktet er lukket.", en: "The endpoint is closed." },
  },
};

/** The rule that caused a refusal. */
function failedRule(outcome: RouteOutcome): RuleName | undefined {
  if (outcome.found) return undefined;
  switch (outcome.reason) {
    case "gln-invalid":
    case "gln-unknown":
      return "known";
    case "gln-closed":
    case "gln-withdrawn":
      return "period";
    case "gln-inactive":
      return "active";
    case "type-not-supported":
      return "type";
    case "version-not-supported":
      return "version";
    case "not-yet-valid":
      return outcome.what === "gln" ? "period" : "validity";
  }
}

function checkDigitRule(gln: string): Rule {
  if (!/^\d{13}$/.test(gln)) {
    return said("check-digit", "failed", {
      da: "Et lokationsnummer har 13 cifre.",
      en: "A location number has 13 digits.",
    });
  }
  if (hasGlnCheckDigit(gln)) {
    return said("check-digit", "passed", {
      da: "Kontrolcifferet er rigtigt.",
      en: "The check digit is right.",
    });
  }
  return said("check-digit", "warning", {
    da: "Kontrolcifferet er forkert; det afvises kun, når nummeret er ukendt.",
    en: "The check digit is wrong; that is refused only when the number is unknown.",
  });
}

function catalogueRule(table: RoutingTable, question: RouteQuestion): Rule {
  const { code, isInCatalogue } = typeFor(question);
  if (isInCatalogue || table.types.code(code, "receive") >= 0) {
    return said("catalogue", "passed", { da: `Typen er ${code}.`, en: `The type is ${code}.` });
  }
  return said("catalogue", "warning", {
    da: "Typen findes ikke i MedComs katalog.",
    en: "The type is not in MedCom's catalogue.",
  });
}

function pauseRule(outcome: RouteOutcome): Rule {
  if (!outcome.found) return said("pause", "not-reached", { da: "Ikke undersøgt.", en: "Not asked." });
  if (outcome.pausedUntil === false)
    return said("pause", "passed", { da: "Ikke sat på pause.", en: "Not paused." });
  const until = outcome.pausedUntil === null ? undefined : toText(outcome.pausedUntil);
  return said("pause", "warning", {
    da: until ? `På pause til ${until}; meddelelser holdes tilbage.` : "På pause indtil videre.",
    en: until ? `Paused until ${until}; messages are held.` : "Paused until further notice.",
  });
}

function senderRule(question: RouteQuestion, outcome: RouteOutcome): Rule[] {
  if (question.sender === undefined || !outcome.found) return [];
  if (outcome.warnings.includes("sender-unknown")) {
    return [
      said("sender", "warning", {
        da: "Afsenderen er ikke et åbent lokationsnummer.",
        en: "The sender is not an open location number.",
      }),
    ];
  }
  if (outcome.warnings.includes("sender-not-registered")) {
    return [
      said("sender", "warning", {
        da: "Afsenderen er ikke registreret med typen og versionen (MedComs regler kræver det).",
        en: "The sender is not registered with the type and version (MedCom's rules require it).",
      }),
    ];
  }
  return [
    said("sender", "passed", {
      da: "Afsenderen er registreret med typen.",
      en: "The sender is registered with the type.",
    }),
  ];
}

/** What a sender could do instead, nearest first. Each alternative is looked up, never guessed. */
function alternativesTo(table: RoutingTable, question: RouteQuestion, outcome: RouteOutcome): Alternative[] {
  const found: Alternative[] = [];
  const offer = (
    kind: Alternative["kind"],
    gln: string,
    messageType: string,
    words: Words,
    named?: string,
  ) => {
    const other = resolveRoute(table, { gln, messageType, version: named, at: question.at });
    const version = other.found && table.types.entries[other.type]?.version;
    if (version) found.push({ kind, gln, messageType, version, ...words });
  };
  const { code } = typeFor(question);
  const place = table.place(question.gln);
  for (const version of place < 0 ? [] : versionsOf(table, place, code, question.at).versions) {
    offer(
      "version",
      question.gln,
      code,
      { da: `Send i version ${version}.`, en: `Send in version ${version}.` },
      version,
    );
  }
  for (const other of alternativeCodes(code)) {
    offer("format", question.gln, other, { da: `Send som ${other}.`, en: `Send as ${other}.` });
  }
  if (!outcome.found && "successor" in outcome && outcome.successor !== null) {
    offer("successor", outcome.successor, code, {
      da: "Afløseren modtager typen.",
      en: "The successor receives the type.",
    });
  }
  for (const owner of table.units.ownersOf(question.gln)) {
    const parent = table.units.at(owner, question.at)?.parent;
    const above = parent ? table.units.glnOf(parent, question.at) : undefined;
    if (!above || above.gln === question.gln || found.some(({ gln }) => gln === above.gln)) continue;
    offer("parent", above.gln, code, {
      da: "Enheden ovenover modtager typen.",
      en: "The unit above receives the type.",
    });
  }
  return found.slice(0, 20);
}

/** Explains each rule of a lookup in Danish and English, with the nearest alternatives when the lookup fails. */
export function explainRoute(table: RoutingTable, question: RouteQuestion): RouteExplanation {
  const outcome = resolveRoute(table, question);
  const failed = failedRule(outcome);
  const failedAt = failed === undefined ? order.length : order.indexOf(failed);
  const rules = order.map((rule, i): Rule => {
    if (i === failedAt) return said(rule, "failed", ruleWords[rule].failed);
    if (i > failedAt) return said(rule, "not-reached", { da: "Ikke undersøgt.", en: "Not asked." });
    return said(rule, "passed", ruleWords[rule].passed);
  });
  const { at, ...asked } = question;
  return {
    question: { ...asked, at: toText(at) },
    found: outcome.found,
    reason: outcome.found ? null : outcome.reason,
    rules: [
      checkDigitRule(question.gln),
      ...rules,
      catalogueRule(table, question),
      pauseRule(outcome),
      ...senderRule(question, outcome),
    ],
    alternatives: outcome.found ? [] : alternativesTo(table, question, outcome),
    route: outcome.found ? routeAnswer(table, outcome) : null,
    sequence: table.sequence,
  };
}
