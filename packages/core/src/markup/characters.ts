/** Removes what XML 1.0 forbids or advises against: control characters but tab and line ends, lone surrogates, non-characters. */
function withoutControls(text: string): string {
  return text.toWellFormed().replace(/[[\p{Cc}--[\t\n\r]]\ufffe\uffff]/gv, "");
}

const needsCare = /[^ !#-%'-;=?-~\u00a0-\ud7ff]/;

// Numeric references, because feed validators warn about &amp; in titles (rule F15).
const references: Readonly<Record<string, string>> = {
  "&": "&#x26;",
  "<": "&#x3C;",
  ">": "&#x3E;",
  '"': "&#x22;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

/** Text as content of an XML element. Carriage returns are references, which a parser keeps. */
export function xmlText(text: string): string {
  if (!needsCare.test(text)) return text;
  return withoutControls(text).replace(/[&<>"\r]/g, (found) => references[found] ?? found);
}

/** Text as a quoted attribute of an XML element. Tabs and line ends are references, which a parser keeps. */
export function xmlAttribute(text: string): string {
  if (!needsCare.test(text)) return text;
  return withoutControls(text).replace(/[&<>"\t\n\r]/g, (found) => references[found] ?? found);
}

/** Text inside an HTML element or a quoted attribute, without the characters that XML forbids. */
export function htmlText(text: string): string {
  return withoutControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
