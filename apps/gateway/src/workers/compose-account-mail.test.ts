import { expect, test } from "vitest";
import { composeAccountMail } from "./compose-account-mail.ts";

const details = {
  role: "vendor-editor",
  name: "Bo Berg",
  key: "Journalen",
  by: "Anna Holm",
  address: "192.0.2.7",
};

test.each([
  ["second-factor-reset", "fjernet totrinslogin", "removed two-step sign-in", "/konto/totrinslogin"],
  ["codes-refused", "flere forkerte engangskoder", "several wrong one-time codes", "/konto"],
  ["password-changed", "er ændret", "was changed", "/konto"],
  ["reset-link-made", "har lavet et link", "has made a link", "/konto"],
  ["role-given", "rollen leverandørredaktør af Anna Holm", "the role supplier editor by Anna Holm", "/konto"],
  [
    "role-requested",
    "Bo Berg skal have rollen leverandørredaktør",
    "Bo Berg is to have the role",
    "/brugere",
  ],
  ["colleague-added", "Bo Berg har fået en bruger hos jer", "Bo Berg has been given an account", "/brugere"],
  ["new-browser", "fra adressen 192.0.2.7", "from the address 192.0.2.7", "/konto"],
  ["key-made", "»Journalen«, er lavet af Anna Holm", '"Journalen", was made by Anna Holm', "/noegler"],
] as const)(
  "a mail about %s has the text in both languages and a link to the page",
  (kind, danish, english, page) => {
    const { subject, text } = composeAccountMail({ kind, username: "bo", details }, "https://sor.example.dk");
    expect(subject).toMatch(/^\[SOR\] .+ \/ .+$/);
    for (const part of [danish, english, `https://sor.example.dk${page}\r\n`]) expect(text).toContain(part);
    expect(text).toContain("ring straks til din administrator");
  },
);

const work = {
  title: "Forslag: Klinik Nord",
  set: "0196",
  until: "08-12-2026",
  due: "15-12-2026",
  outcome: "declined",
};
test.each([
  ["draft-expiring", "trækkes tilbage den 08-12-2026", "withdrawn on 08-12-2026", "/aendringssaet/0196"],
  ["draft-withdrawn", "er trukket tilbage", "was withdrawn", "/aendringssaet/0196"],
  [
    "proposal-arrived",
    "svar fra jer, senest 15-12-2026",
    "your answer, by 15-12-2026",
    "/aendringssaet/0196",
  ],
  ["proposal-answered", "er ikke fulgt", "was not followed", "/aendringssaet/0196"],
] as const)(
  "a mail about %s says what is asked, without an alarm about the account",
  (kind, danish, english, page) => {
    const { text } = composeAccountMail({ kind, username: "bo", details: work }, "https://sor.example.dk");
    for (const part of [danish, english, `https://sor.example.dk${page}\r\n`]) expect(text).toContain(part);
    expect(text).not.toContain("ring straks");
  },
);

test("a receipt to an address without an account links to its proposal, and asks to confirm", () => {
  const { set: _, ...details } = { ...work, token: "t0ken" };
  const { text } = composeAccountMail(
    { kind: "proposal-received", username: "", details },
    "https://sor.example.dk",
  );
  expect(text).toContain("https://sor.example.dk/forslag/t0ken\r\n");
  expect(text).toContain("bekræft adressen");
});
