import { expect, test } from "vitest";
import { composeAccountMail } from "./compose-account-mail.ts";

const details = { role: "vendor-editor", name: "Bo Berg", key: "Journalen", by: "Anna Holm" };

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
