import type { Context } from "@sor/core";
import { listRegistrations } from "@sor/core/message-types";

export type Received = {
  id: string;
  messageType: string;
  version: string;
  format: "EDIFACT" | "XML" | "FHIR";
  nameDa: string | null;
  nameEn: string | null;
  isSuperseded: boolean;
  endpointName: string | null;
  validFrom: Date;
  validTo: Date | null;
};

/**
 * What a location number receives now and from future dates, or at another moment only then, without addresses and secrets of
 * endpoints.
 */
export async function receivedAt(
  ctx: Context,
  gln: string,
  moment: { at?: Date | undefined; knownAt?: Date | undefined } = {},
): Promise<Received[]> {
  const { at, knownAt } = moment;
  const rows = await listRegistrations(ctx, { gln, at, knownAt });
  return rows
    .filter((row) => row.direction === "receive" && (row.validTo === null || row.validTo > (at ?? ctx.now)))
    .map(
      ({
        id,
        messageType,
        version,
        format,
        nameDa,
        nameEn,
        isSuperseded,
        endpointName,
        validFrom,
        validTo,
      }) => ({
        id,
        messageType,
        version,
        format,
        nameDa,
        nameEn,
        isSuperseded,
        endpointName,
        validFrom,
        validTo,
      }),
    );
}
