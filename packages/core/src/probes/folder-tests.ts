import { eq, inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { type LeasedQueue, takeDue } from "../queue/index.ts";
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

const orders: LeasedQueue = {
  table: endpointChecks,
  id: endpointChecks.endpointId,
  dueAt: endpointChecks.folderWantedAt,
};

/** Takes ordered folder tests under a lease. */
export async function takeFolderTests(
  ctx: Context,
  question: { limit: number; leaseSeconds: number },
): Promise<WantedFolder[]> {
  return await work(ctx, async (tx) => {
    const taken = await takeDue(tx, orders, {
      ...{ now: ctx.now, ...question },
      joined: sql`join endpoints e on e.id = ${endpointChecks.endpointId}`,
      where: sql`e.transport = 'folder' and e.address is not null and e.state <> 'closed'`,
    });
    if (taken.length === 0) return [];
    const ids = taken.map(({ id }) => id);
    const rows = await tx.select().from(endpoints).where(inArray(endpoints.id, ids));
    return rows.flatMap(({ id, supplierId, address }) =>
      address === null ? [] : [{ endpointId: id, supplierId, path: address }],
    );
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
