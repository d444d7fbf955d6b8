import { describeDatasets } from "@sor/core/datasets";
import { findPublishedRun, listRuns } from "@sor/core/snapshots";
import type { PageServerLoad } from "./$types";

const deltaTitles: Readonly<Record<string, { da: string; en: string }>> = {
  "delta-8-hours": { da: "Ændringer de seneste 8 timer", en: "Changes of the last 8 hours" },
  "delta-day": { da: "Ændringer det seneste døgn", en: "Changes of the last day" },
  "delta-week": { da: "Ændringer den seneste uge", en: "Changes of the last week" },
  "delta-month": { da: "Ændringer den seneste måned", en: "Changes of the last month" },
  "shak-delta": { da: "SHAK: ændringer i sidste uge", en: "SHAK: changes of last week" },
};

/** What a file is that no declaration names: it is made of others, or of the journal. */
function titleOf(dataset: string): { da: string; en: string } {
  const [, year, week] = /^shak-delta-(\d{4})_(\d\d)$/.exec(dataset) ?? [];
  if (year && week) {
    const number = Number(week);
    return { da: `SHAK: ændringer i uge ${number}, ${year}`, en: `SHAK: changes of week ${number}, ${year}` };
  }
  return deltaTitles[dataset] ?? { da: dataset, en: dataset };
}

/** What is published, with the columns of each file, and how the newest run went. */
export const load: PageServerLoad = async ({ locals }) => {
  const { ctx, config } = locals;
  const [published, [newest]] = [await findPublishedRun(ctx), await listRuns(ctx, 1)];
  const described = new Map(describeDatasets().map((dataset) => [dataset.name, dataset]));
  const { manifest } = published ?? {};
  return {
    origin: config.gatewayOrigin,
    snapshot: manifest && {
      name: manifest.name,
      sequence: manifest.sequence,
      day: manifest.day,
      madeAt: new Date(manifest.madeAt),
    },
    run: newest && {
      state: newest.state,
      cause: newest.cause,
      failure: newest.failure,
      rows: newest.rows,
      at: newest.endedAt ?? newest.startedAt ?? newest.askedAt,
    },
    files: (manifest?.files ?? []).map(({ dataset, path, bytes, gzip, rows, replaced, leftOut, sample }) => {
      const { title = titleOf(dataset), columns = [] } = described.get(dataset) ?? {};
      const about = { dataset, title, columns, name: path.split("/").at(-1) ?? path };
      return { ...about, path, bytes, packedBytes: gzip?.bytes ?? null, rows, replaced, leftOut, sample };
    }),
  };
};
