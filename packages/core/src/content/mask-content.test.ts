import fc from "fast-check";
import { expect, test } from "vitest";
import { maskElements, maskJson, maskXml } from "./mask-content.ts";

test.each([
  ["RFF", [["SSI", "2512484916"]], [["SSI", "0000000000"]]],
  ["PNA", [["PAT"], [""], [""], [""], ["SU", "Berggren"]], [["PAT"], [""], [""], [""], ["xx", "xxxxxxxx"]]],
  ["FTX", [["SPC"], ["Kære kollega 2512"]], [["SPC"], ["xxxx xxxxxxx 0000"]]],
  ["NAD", [["Berggren"]], [["xxxxxxxx"]]],
  ["BGM", [["EPI"], [""], ["9"]], [["EPI"], [""], ["9"]]],
  ["UNH", [["1"], ["MEDDIS", "D", "93A"]], [["1"], ["MEDDIS", "D", "93A"]]],
])("of %s only the qualifiers are left", (tag, elements, expected) => {
  expect(maskElements(tag, elements)).toEqual(expected);
});

test.each([
  ["<Name>Nancy Ann</Name>", "<Name>xxxxx xxx</Name>"],
  ['<a xmlns="urn:x:1" id="251248"><b/></a>', '<a xmlns="urn:x:1" id="000000"><b/></a>'],
  ["<!-- Nancy --><a><![CDATA[Nancy<b>]]></a>", "<!-- xxxxx --><a><![xxxxx[xxxxx<b>]]></a>"],
  ['<a b="x>Nancy">', '<a b="x>xxxxx">'],
  ["<Nancy Ann Berggren>", "<xxxxx xxx xxxxxxxx>"],
  ["Nancy < Ann", "xxxxx < xxx"],
  ["<æ>Åse</æ>", "<x>xxx</x>"],
])("XML %s becomes %s", (text, expected) => {
  expect(maskXml(text)).toBe(expected);
});

test("JSON keeps its member names", () => {
  const text = '{"resourceType": "Patient", "name": [{"family": "Berg\\"gren: 1"}], "n": 2512, "ok": true}';
  expect(maskJson(text)).toBe(
    '{"resourceType": "xxxxxxx", "name": [{"family": "xxxx\\"xxxx: 0"}], "n": 0000, "ok": xxxx}',
  );
});

const secret = "2512484916";

test("a number of ten digits is always masked, whatever surrounds it", () => {
  expect(maskJson(`{"a${secret}": 1}`)).toBe('{"a0000000000": 0}');
  expect(maskXml(`<a${secret} xmlns="urn:${secret}"/>`)).toBe('<a0000000000 xmlns="urn:0000000000"/>');
  const around = fc.string({ unit: fc.constantFrom(..."<>\"'/=!-[]?:{},\\ abCÆ1é\n&;") });
  fc.assert(
    fc.property(around, around, (before, after) => {
      const text = `${before}${secret}${after}`;
      expect(maskJson(text)).not.toContain(secret);
      expect(maskXml(text)).not.toContain(secret);
    }),
    { numRuns: 2000 },
  );
});
