import { describeDatasets } from "@sor/core/datasets";
import { findPublishedRun, listRuns } from "@sor/core/snapshots";
import type { PageServerLoad } from "./$types";

const deltaTitles: Readonly<Record<string, { da: string; en: string }>> = {
  "delta-8-hours": { da: "Ændringer de seneste 8 timer", en: "Changes of the last 8 hours" },
  "delta-day": { da: "Ændringer det seneste døgn", en: "Changes of the last day" },
  "delta-week": { da: "Ændringer den seneste uge", en: "Changes of the last week" },
  "delta-month": { da: "Ændringer den seneste måned", en: "Changes of the last month" },
};

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
      const { title = deltaTitles[dataset] ?? { da: dataset, en: dataset }, columns = [] } =
        described.get(dataset) ?? {};
      const about = { dataset, title, columns, name: path.split("/").at(-1) ?? path };
      return { ...about, path, bytes, packedBytes: gzip?.bytes ?? null, rows, replaced, leftOut, sample };
    }),
  };
};
