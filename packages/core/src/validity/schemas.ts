import { z } from "zod";

const first = Date.parse("0001-01-01T00:00:00Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * An instant as text with its offset (RFC 3339), or in UTC alone, of a year that the database and all answers can hold. Others
 * (the year 0, or 10000 by its offset) are refused as they are read, with the place.
 */
export const instantText = (given: { offset: boolean }) =>
  z.iso.datetime(given).refine((text) => {
    const at = Date.parse(text);
    // What is no instant at all has been told already.
    return Number.isNaN(at) || (at >= first && at <= last);
  }, "a year from 1 to 9999");
