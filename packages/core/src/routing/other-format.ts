import { findMessageType, messageTypes } from "@sor/edi";
import type { AskedType, RouteFormat } from "./type-dictionary.ts";

/** The same message in another format: MedCom's corresponding code, or, for FHIR, the code with the same number. */
export function otherFormat(asked: AskedType, format: RouteFormat): AskedType {
  const nowhere = { code: `${asked.code} (${format})`, isInCatalogue: false };
  const codes = alternativeCodes(asked.code);
  const found = codes.find((code) => findMessageType(code)?.format === format);
  return found === undefined ? nowhere : { code: found, format, isInCatalogue: true };
}

/** The codes of the same message in the other formats. */
export function alternativeCodes(code: string): string[] {
  const bare = code.replace(/^[XF](?=[A-Z]{3}\d{2})/, "");
  const candidates = [bare, `X${bare}`, `F${bare}`].filter((other) => other !== code);
  return candidates.filter((other) => messageTypes.some((type) => type.code === other));
}
