import { z } from "zod";

/**
 * One of our ids in a request. Upper-case letters are accepted (RFC 9562, 4) and converted to lower case here, so that ids
 * compare equal both in the database and in programs.
 */
export const Uuid = z.uuid().toLowerCase();
