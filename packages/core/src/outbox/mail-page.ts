import { htmlText } from "../markup/index.ts";

/** A text on one line: what somebody wrote can add no line and no header to a mail. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();

/** A whole HTML mail that follows the colour scheme of its reader. `title` is plain text, `body` is HTML. */
export function mailPage(language: "da" | "en", title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${htmlText(title)}</title></head><body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">${body}</body></html>`;
}
