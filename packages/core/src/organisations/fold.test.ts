import { expect, test } from "vitest";
import { danishOrder, foldDanish, foldedWords, isSlipFor } from "./fold.ts";
import { searchTextOf } from "./search/search-text.ts";

test.each([
  ["Ærø Sygehus", "aeroe sygehus"],
  ["Aabenraa", "aabenraa"],
  ["Åbenrå", "aabenraa"],
  ["A\u030Arhus", "aarhus"],
  ["Café Müller-Åkjær (Nord)", "cafe muller aakjaer nord"],
  ["  LÆGERNE   I/S ", "laegerne i s"],
  ["Öresund", "oeresund"],
  ["%_\\'", ""],
])("%j folds to %j", (text, folded) => {
  expect(foldDanish(text)).toBe(folded);
});

test("folding is idempotent", () => {
  for (const text of ["Ærø", "Åbenrå 12", "ẞtraße", "İstanbul"]) {
    expect(foldDanish(foldDanish(text))).toBe(foldDanish(text));
  }
});

test("words are counted once, up to a maximum", () => {
  expect(foldedWords("Apotek apotek Å å", 8)).toEqual(["apotek", "aa"]);
  expect(foldedWords("a b c", 2)).toEqual(["a", "b"]);
  expect(foldedWords(" - ", 8)).toEqual([]);
});

test("a search text begins with the name and contains each place once", () => {
  const place = { postCode: "4000", district: "Roskilde" };
  const unit = { name: "Øjenklinik", typeCode: null, parentName: null, addresses: [place, place, null] };
  expect(searchTextOf(unit)).toBe("oejenklinik 4000 roskilde");
});

test("a unit is searched by its kind as people call it, the unit above it, and its telephone number", () => {
  const unit = { name: "Klitholt", typeCode: "394761003", parentName: "Pileby Lægehus", addresses: [] };
  expect(searchTextOf({ ...unit, telephone: "+45 86 12 34 56" })).toBe(
    "klitholt almen laegepraksis alment praktiserende laege egen laege laegehus pileby laegehus 86123456",
  );
});

test.each([
  ["hosptial", "hospital", true],
  ["hospitl", "hospital", true],
  ["hospit", "hospital", true],
  ["hosspital", "hospitaler", true],
  ["apotek", "apparat", false],
  ["lxye", "laege", false],
  ["leg", "laeg", true],
  ["ab", "abc", false],
  ["viborg", "vordingborg", false],
])("%s for %s: %s", (typed, known, expected) => {
  expect(isSlipFor(typed, known)).toBe(expected);
});

test("names stand in Danish order: æ, ø and å last, and aa as å", () => {
  const names = ["Ålsgårde", "Øster", "aarhus", "Ærø", "Zoo", "Anders", "Éa", "Fåborg Å"];
  const inOrder = ["Anders", "Éa", "Fåborg Å", "Zoo", "Ærø", "Øster", "Ålsgårde", "aarhus"];
  const codePoints = (a: string, b: string) => (danishOrder(a) < danishOrder(b) ? -1 : 1);
  expect(names.toSorted(codePoints)).toEqual(inOrder);
  expect(danishOrder("Aabenraa")).toBe(danishOrder("Åbenrå"));
});
