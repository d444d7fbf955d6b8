import { describeDatasets } from "@sor/core/datasets";
import { findPublishedRun, listRuns } from "@sor/core/snapshots";
import type { PageServerLoad } from "./$types";

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
      const { title = { da: dataset, en: dataset }, columns = [] } = described.get(dataset) ?? {};
      const about = { dataset, title, columns, name: path.split("/").at(-1) ?? path };
      return { ...about, path, bytes, packedBytes: gzip?.bytes ?? null, rows, replaced, leftOut, sample };
    }),
  };
};
