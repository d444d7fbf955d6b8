import type { FindingCode } from "../finding-texts.ts";
import { findMessageType, type MessageType, messageTypes } from "./message-types.ts";

const medcomUnhTypes = new Set(
  messageTypes.filter((type) => type.format === "EDIFACT" && type.unhType).map((type) => type.unhType),
);

const byVersion = new Map(
  messageTypes.flatMap((type) =>
    type.format === "EDIFACT" && type.version ? [[type.version, type] as const] : [],
  ),
);

/** Whether S009 (message type, version, release, agency) is one used by MedCom's messages; others follow other rules. */
export function isMedcomIdentifier(
  unhType: string,
  version: string,
  release: string,
  agency: string,
): boolean {
  if (!medcomUnhTypes.has(unhType)) return false;
  if (unhType === "CONTRL") return version === "D" && release === "93A" && agency === "ZZ";
  return (version === "D" && release === "93A") || (version === "0" && release === "962");
}

/** The catalogue's entry for a message type and version in UNH; if the type is missing, it is found by its version. */
export function messageType(code: string, version: string): MessageType | undefined {
  return code === "" ? byVersion.get(version) : findMessageType(code, version);
}

/** Checks type and version in UNH against MedCom's rules for every message; undefined if they are valid. */
export function judgeMessageType(unhType: string, code: string, version: string): FindingCode | undefined {
  const type = messageType(code, version);
  if (type?.unhType && type.unhType !== unhType) return "type-mismatch";
  if (type?.status === "superseded") return "version-superseded";
  if (type) return undefined;
  const family = code === "" ? undefined : findMessageType(code);
  if (family?.format !== "EDIFACT") return "type-unknown";
  return family.unhType === unhType ? "version-unknown" : "type-mismatch";
}
