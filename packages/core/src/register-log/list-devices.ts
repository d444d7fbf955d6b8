import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { z } from "zod";
import type { Reading } from "./reading.ts";
import { DeviceFacts as Facts } from "./schemas.ts";
import { registerLog } from "./tables.ts";

/** A system, or a net operator, as it was written into the log. */
export type DeviceFacts = z.infer<typeof Facts>;
export type DeviceVersion = { id: string; sequence: number; at: Date; facts: DeviceFacts };

/** All versions of all systems and net operators, those of one together and oldest first. There are some hundreds. */
export async function listDevices(reading: Reading): Promise<DeviceVersion[]> {
  const rows = await reading.db
    .select()
    .from(registerLog)
    .where(and(eq(registerLog.entity, "device"), isNotNull(registerLog.sequence)))
    .orderBy(asc(registerLog.subject), asc(registerLog.sequence), asc(registerLog.id));
  return rows.flatMap((row, at) => {
    const following = rows[at + 1];
    if (following?.subject === row.subject && following.sequence === row.sequence) return [];
    const { subject: id, sequence } = row;
    return [{ id, sequence: sequence ?? 0, at: row.at ?? reading.now, facts: Facts.parse(row.facts) }];
  });
}
