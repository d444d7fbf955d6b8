import { zipSync } from "fflate";
import type { Context } from "../context.ts";
import { ArticleForm, addNewsFile, createArticle, getArticle, saveArticle } from "../news/index.ts";
import { createIssue, sendIssue } from "../newsletter/index.ts";

const dayMilliseconds = 86_400_000;

type Told = { daysAgo: number; title: string; summary: string; tags: string; text: string };

const told: readonly Told[] = [
  {
    daysAgo: 430,
    title: "SORLS kan hentes på NSP",
    summary:
      "SOR-data til lokal brug hentes nu gennem stamdataservicen SORLS på NSP. Den gamle replika lukkes om et år.",
    tags: "nsp, sorls",
    text: "Stamdataservicen **SORLS** leverer enheder, adresser og relationer fra SOR til systemer på NSP.\n\n## Hvad skal I gøre?\n\n- Bed om adgang med jeres funktionscertifikat.\n- Hent hele registeret én gang, og følg derefter ændringerne.\n- Sammenlign med jeres nuværende kopi, før I skifter.\n\nHar I brug for filer i stedet, ligger de under [Filer](/filer).",
  },
  {
    daysAgo: 210,
    title: "Vedligeholdelsen af SHAK ophører",
    summary:
      "SHAK-koder oprettes ikke mere. De koder, der findes, kan stadig slås op, og SOR-koden er den, der gælder fremover.",
    tags: "shak",
    text: "Sygehusafdelingsklassifikationen (SHAK) får ikke flere koder. Nye afdelinger og afsnit registreres kun i SOR.\n\n| Indtil nu | Fremover |\n|---|---|\n| SHAK-kode i indberetninger | SOR-kode |\n| SHAKCOMPLETE opdateres | SHAKCOMPLETE står stille |\n| Nye koder bestilles | Ingen nye koder |\n\nHar en enhed en SHAK-kode, vises den på enhedens side, og [søgningen](/soeg) kender den.",
  },
  {
    daysAgo: 95,
    title: "ID27: niveauerne i organisationen bliver klarere",
    summary:
      "Hver enhed under et sygehus får ét klinisk-administrativt niveau, så statistik kan samles på samme trin i alle regioner.",
    tags: "id27, niveauer",
    text: "Med ID27 siger SOR for hver enhed, på hvilket trin den står: sygehus, center, afdeling, afsnit eller klinik.\n\n## Hvorfor?\n\nRegionerne bygger deres organisation forskelligt. Uden et fælles niveau kan en afdeling i én region ikke sammenlignes med en afdeling i en anden.\n\n## Sådan ses det\n\nEnhedens side viser niveauet, og [hierarkiet](/register) kan vise den organisatoriske og den klinisk-administrative opdeling ved siden af hinanden.",
  },
  {
    daysAgo: 24,
    title: "Nye filsæt med alle enheder og ændringer",
    summary:
      "SOR udgives nu som hele filsæt hver nat og som ændringer mellem to udgaver. Kolonnerne er beskrevet i bilaget.",
    tags: "filer",
    text: "Hver nat udgives et filsæt, hvor alle filer svarer til det samme tidspunkt. Et manifest med kontrolsummer fortæller, hvad der hører sammen.\n\n1. Hent manifestet.\n2. Hent de filer, I bruger.\n3. Sammenlign kontrolsummerne.\n\nVil I kun have det, der er ændret, så hent ændringerne. Se [Filer](/filer).",
  },
  {
    daysAgo: 3,
    title: "Meddelelsestyper kan rettes for mange lokationsnumre på en gang",
    summary:
      "Leverandører kan nu tilføje, flytte og afslutte meddelelsestyper for alle de lokationsnumre, som en søgning finder.",
    tags: "sor-edi",
    text: "På listen over lokationsnumre kan I vælge rækker, se virkningen og gemme det hele som ét ændringssæt. Sættet kan fortrydes.\n\nLæs [vejledningen](/vejledninger/mange-paa-en-gang).",
  },
];

const columns =
  "Fil;Kolonne;Betydning\nunits;sorId;SOR-kode\nunits;name;Enhedens navn\nunits;validFrom;Gælder fra\n";

/** Invented news: what is older, one with an attachment and a correction, and one that is planned. */
export async function loadNews(contextAt: (instant: Date) => Context, now: Date): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMilliseconds);
  const ids = new Map<string, string>();
  for (const { daysAgo: days, ...article } of told)
    ids.set(
      article.tags,
      await createArticle(contextAt(daysAgo(days)), ArticleForm.parse({ ...article, when: "now" })),
    );
  const articleId = ids.get("filer") ?? "";
  const bytes = Buffer.from(
    zipSync({ "kolonner.csv": new TextEncoder().encode(columns) }, { mtime: "2026-01-01" }),
  );
  const file = { name: "kolonner.zip", description: "Beskrivelse af kolonnerne (CSV)", bytes };
  await addNewsFile(contextAt(daysAgo(24)), { articleId, ...file });
  const { title, summary, text, version } = await getArticle(contextAt(now), { id: articleId });
  const corrected = {
    title,
    summary,
    text: text.replace("Hent manifestet.", "Hent manifestet, og kontrollér dets signatur."),
  };
  const correction = "Det stod ikke, at manifestet er signeret.";
  const form = ArticleForm.parse({
    ...corrected,
    tags: "filer",
    when: "now",
    correction,
    seenVersion: version,
  });
  await saveArticle(contextAt(daysAgo(22)), { ...form, id: articleId });
  const draft = {
    title: "Høring om nye enhedstyper",
    summary: "Udkastet sendes i høring.",
    text: "Teksten følger.",
    when: "draft",
  };
  await createArticle(contextAt(daysAgo(1)), ArticleForm.parse(draft));
  const articles = ["sor-edi", "filer", "id27, niveauer"].flatMap((tags) => ids.get(tags) ?? []);
  const intro =
    "Det vigtigste siden sommer: nye filsæt, klarere niveauer og rettelser af mange lokationsnumre på en gang.";
  const issue = { title: "Nyt om SOR", intro, articles, seenVersion: 0 };
  const id = await createIssue(contextAt(daysAgo(2)), issue);
  await sendIssue(contextAt(daysAgo(2)), { id, seenVersion: 1 });
}
