import { z } from "zod";

/**
 * An id of ours as it is asked for. Letters of either case are taken (RFC 9562, 4) and made small here, once, so that ids are
 * the same whether the database or a program compares them.
 */
export const Uuid = z.uuid().toLowerCase();
