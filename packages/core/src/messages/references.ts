import { createHash } from "node:crypto";
import type { InterchangeEnvelope } from "@sor/edi";
import { newId } from "../database/index.ts";

/** An envelope or message id of 14 characters (UNB 0020, UNH 0062), from a hash of the given id. */
export function shortReference(id: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(id).digest("hex")}`)
    .toString(36)
    .toUpperCase();
  return digits.slice(-14).padStart(14, "0");
}

/** A new envelope or message id in the form's format: UUIDs in the newer ones, 14 characters in EDIFACT and MedCom XML. */
export function newReference(form: InterchangeEnvelope["form"]): string {
  return form === "EDIFACT" || form === "XML" ? shortReference(newId()) : newId();
}
