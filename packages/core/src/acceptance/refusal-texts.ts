import type { Refusal, RefusalReason } from "@sor/edi";

const texts: Record<RefusalReason, string> = {
  LOK: "Modtagerens lokationsnummer er ukendt eller lukket.",
  VER: "Modtageren modtager ikke denne brevtype i denne version.",
  MID: "Modtageren er ikke angivet med et lokationsnummer, der er i brug.",
  NC: "Brevet er ikke afleveret: modtageren har ikke taget imod det.",
  SYN: "Brevet overholder ikke syntaksen.",
};

/** The refusal for a reason, with the text of the finding where that has the same reason. */
export function refusalOfReason(reason: RefusalReason, found?: Refusal): Refusal {
  return found?.reason === reason ? found : { reason, text: texts[reason] };
}
