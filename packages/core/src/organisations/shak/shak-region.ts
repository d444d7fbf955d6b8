/** Ranges of hospital numbers by region: the first two digits named the county, and the regions took the counties over. */
const ranges: readonly [from: string, to: string, region: string][] = [
  ["1300", "2499", "1084"],
  ["2500", "3999", "1085"],
  ["4000", "4199", "1084"],
  ["4200", "6499", "1083"],
  ["6500", "7602", "1082"],
  ["7603", "7603", "1081"],
  ["7604", "7799", "1082"],
  ["8000", "8999", "1081"],
];

/** The region of a SHAK code by its hospital's number; null outside Denmark, and for numbers that no range has. */
export function regionOfShakNumber(code: string): string | null {
  const hospital = code.slice(0, 4);
  return ranges.find(([from, to]) => from <= hospital && hospital <= to)?.[2] ?? null;
}
