import { eq, inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { DomainError } from "../errors.ts";
import { beginTest } from "./begin-test.ts";
import { folderAnswer } from "./local-answer.ts";
import { recordProbe } from "./record-probe.ts";
import { endpointChecks } from "./tables.ts";

/**
 * Orders a test of a folder by a gateway, since only gateways have access to folders; the result is stored as a probe. Throws
 * `invalid` when the endpoint is not a folder, and what testing an endpoint throws.
 */
export async function orderFolderTest(ctx: Context, input: { id: string }): Promise<void> {
  await beginTest(ctx, input.id, async (tx, { transport }) => {
    if (transport !== "folder") {
      throw new DomainError("invalid", "not-a-folder", { fault: "not-a-folder" });
    }
    await tx
      .update(endpointChecks)
      .set({ folderWantedAt: ctx.now })
      .where(eq(endpointChecks.endpointId, input.id));
  });
}

/** A folder that this process is to test. */
export type WantedFolder = { endpointId: string; supplierId: string; path: string };

const findWanted = (now: Date, limit: number) => sql`
  select c.endpoint_id as "endpointId", e.supplier_id as "supplierId", e.address as path
  from endpoint_checks c join endpoints e on e.id = c.endpoint_id
  where c.folder_wanted_at is not null and e.transport = 'folder' and e.address is not null and e.state <> 'closed'
    and (c.lease_until is null or c.lease_until <= ${now})
  order by c.folder_wanted_at limit ${limit} for update of c skip locked`;

/** Takes ordered folder tests under a lease. */
export async function takeFolderTests(
  ctx: Context,
  { limit, leaseSeconds, worker }: { limit: number; leaseSeconds: number; worker: string },
): Promise<WantedFolder[]> {
  return await work(ctx, async (tx) => {
    const { rows } = await tx.execute<WantedFolder>(findWanted(ctx.now, limit));
    if (rows.length > 0) {
      const leaseUntil = new Date(ctx.now.getTime() + leaseSeconds * 1000);
      const ids = rows.map(({ endpointId }) => endpointId);
      await tx
        .update(endpointChecks)
        .set({ leaseUntil, leasedBy: worker })
        .where(inArray(endpointChecks.endpointId, ids));
    }
    return rows;
  });
}

/** Tests a folder that was taken, and records the result; `tryFolder` returns why it cannot be written to, as a code. */
export async function tryWantedFolder(
  ctx: Context,
  { endpointId, supplierId, path }: WantedFolder,
  tryFolder: (folder: { supplierId: string; path: string }) => Promise<{ fault: string | null }>,
): Promise<{ isUp: boolean }> {
  const answer = await folderAnswer(tryFolder({ supplierId, path }));
  await recordProbe(ctx, { endpointId, address: path, origin: "test", answer });
  return { isUp: answer.isUp };
}
