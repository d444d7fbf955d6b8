import type { Context } from "../context.ts";
import { createMilestone, MilestoneForm, saveMilestone } from "../roadmap/index.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";
import { createGuide, GuideForm } from "../written-guides/index.ts";

const dayMilliseconds = 86_400_000;

/** Invented milestones in every state, one of them postponed, and a guide in one version. */
export async function loadRoadmap(contextAt: (instant: Date) => Context, now: Date): Promise<void> {
  const before = contextAt(new Date(now.getTime() - 120 * dayMilliseconds));
  const year = Number(dayInDenmark(now).slice(0, 4));
  const add = async (title: string, due: string, state: string, text: string) =>
    await createMilestone(before, MilestoneForm.parse({ title, due, state, text }));
  const filesDay = addDays(dayInDenmark(now), -24);
  await add("Filsæt hver nat", filesDay, "reached", "Hele registeret udgives som filer med kontrolsummer.");
  const levels = {
    title: "Ét niveau for hver enhed",
    text: "Alle enheder under sygehuse får et klinisk-administrativt niveau.",
  };
  const id = await add(levels.title, `4. kvartal ${year}`, "planned", levels.text);
  const note = "To regioner har brug for mere tid til at gennemgå deres enheder.";
  const later = { ...levels, due: `2. kvartal ${year + 1}`, state: "postponed", note, seenVersion: 1 };
  const changedAt = contextAt(new Date(now.getTime() - 40 * dayMilliseconds));
  await saveMilestone(changedAt, { ...MilestoneForm.parse(later), id });
  await add(
    "SHAK lukkes for nye koder",
    `1. kvartal ${year + 1}`,
    "running",
    "Nye afdelinger registreres kun i SOR.",
  );
  await add(
    "Adresser følger Danmarks Adresser",
    `3. kvartal ${year + 1}`,
    "planned",
    "En adresse ændres her, når den ændres dér.",
  );
  await add(
    "Åbningstider på enheder",
    `1. kvartal ${year + 2}`,
    "needs-funding",
    "Enheder kan vise, hvornår de har åbent.",
  );
  const guide = {
    title: "Bestil adgang til filerne",
    slug: "bestil-adgang-til-filer",
    text: "Filerne er åbne for alle. Vil I have besked, når et nyt filsæt er klar, så følg [Aktuelt](/nyheder).\n\n1. Find filsættet under [Filer](/filer).\n2. Hent manifestet.\n3. Hent de filer, I skal bruge.",
    isPublished: "on",
  };
  await createGuide(before, GuideForm.parse(guide), { taken: [] });
}
