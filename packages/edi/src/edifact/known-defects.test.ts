import { expect, test } from "vitest";
import { isSound } from "../findings.ts";
import { latin1 } from "../testing/bytes.ts";
import { readInterchange } from "./read-interchange.ts";
import { EdifactReader } from "./reader.ts";
import { elementValue, type Segment, segmentOf } from "./segment.ts";

// The defects of a published parser; each test shows that this reader does not have it.
const head = "UNB+UNOC:3+5790000120420:14+5790000128686:14+250101:1200+R1'";
const tail = "UNZ+1+R1'";
const around = (content: string, segments: number) =>
  `${head}UNH+1+ORDERS:D:96A:UN'${content}UNT+${segments + 2}+1'${tail}`;

const codes = (text: string) => readInterchange(latin1(text)).findings.map((entry) => entry.code);
const errors = (text: string) =>
  readInterchange(latin1(text))
    .findings.filter((entry) => entry.severity === "error")
    .map((entry) => entry.code);

function content(...chunks: string[]): Segment[] {
  const segments: Segment[] = [];
  const reader = new EdifactReader({ segment: (tokens) => segments.push(segmentOf(tokens)) });
  for (const chunk of chunks) reader.push(latin1(chunk));
  reader.end();
  return segments.filter((segment) => !/^UN[ABHTZ]$/.test(segment.tag));
}

test("D1: tags with digits are read", () => {
  expect(content(around("S01+01'", 1))).toEqual([{ tag: "S01", elements: [["01"]] }]);
  expect(errors(around("S01+01'", 1))).toEqual([]);
});

test("D2: a UNA with any characters, in any chunks, does not stall the reader", () => {
  for (const release of ["\\", "^", "[", "]", "$", "."]) {
    for (const element of ["+", "[", "]", "^", "\\", "|"]) {
      if (release === element) continue;
      const text = `UNA:${element},${release} 'UNB${element}UNOC:3${element}A${element}B'`;
      for (let cut = 1; cut < text.length; cut++) {
        expect(() => content(text.slice(0, cut), text.slice(cut))).not.toThrow();
      }
    }
  }
  expect(content("UNA:+.\\ '", around("FTX+A\\'B'", 1))[0]?.elements).toEqual([["A'B"]]);
});

test("D3: no data of one interchange appears in the next, or in a finding", () => {
  const bad = `${head}PNA+PAT+2512489996:CPR+SECRET\tNAME'UNZ+0+R1'`;
  const good = "UNB+UNOC:3+C:14+D:14+250101:1200+R2'UNH+1+ORDERS:D:96A:UN'BGM+1'UNT+3+1'UNZ+1+R2'";
  const { interchanges, findings } = readInterchange(latin1(bad + good));
  expect(interchanges[1]?.messages[0]?.segments).toEqual([{ tag: "BGM", elements: [["1"]] }]);
  expect(JSON.stringify(interchanges[1])).not.toMatch(/SECRET|2512489996/);
  expect(JSON.stringify(findings)).not.toMatch(/SECRET|2512489996|NAME/);
});

test("D4: separators of one interchange do not apply to the next", () => {
  const first = "UNA:|.? 'UNB|UNOC:3|A|B|250101:1200|R1'UNH|1|ORDERS:D:96A:UN'BGM|1'UNT|3|1'UNZ|1|R1'";
  const { interchanges, findings } = readInterchange(latin1(first + around("BGM+2'", 1)));
  expect(isSound(findings)).toBe(true);
  expect(interchanges.map((entry) => entry.messages[0]?.segments[0]?.elements)).toEqual([[["1"]], [["2"]]]);
});

test("D5: a chunk border inside a release sequence changes nothing", () => {
  const value = (...chunks: string[]) => content(...chunks)[0]?.elements;
  const start = `${head}UNH+1+X:D:96A:UN'`;
  expect(value(`${start}FTX+A?`, `'B'UNT+3+1'${tail}`)).toEqual([["A'B"]]);
  expect(value(`${start}FTX+A?'B?`, `+C'UNT+3+1'${tail}`)).toEqual([["A'B+C"]]);
  expect(value(`${start}FTX+C?`, `?D'UNT+3+1'${tail}`)).toEqual([["C?D"]]);
});

test("D6: a chunk border inside UNA changes nothing", () => {
  const text = `UNA:+.? '${around("BGM+1'", 1)}`;
  for (let cut = 1; cut <= 10; cut++)
    expect(content(text.slice(0, cut), text.slice(cut))).toEqual(content(text));
});

test("D7: a blank release character in UNA means that there is none", () => {
  expect(content(`UNA:+.  '${around("FTX+HELLO WORLD?'", 1)}`)[0]?.elements).toEqual([["HELLO WORLD?"]]);
});

test("D8: syntax 4 with its repetition sign, and line feed as terminator, are read", () => {
  const version4 = around("FTX+A*B:C*D+E'", 1).replace("UNOC:3", "UNOC:4").replace("+250101", "+20250101");
  expect(content(`UNA:+.?*'${version4}`)[0]).toEqual({
    tag: "FTX",
    elements: [["A"], ["E"]],
    repeats: [
      { element: 1, components: ["B", "C"] },
      { element: 1, components: ["D"] },
    ],
  });
  const lines = `UNA:+.? \n${around("FTX+A'", 1).replaceAll("'", "\n")}`;
  expect(errors(lines)).toEqual([]);
  expect(content(lines)[0]?.elements).toEqual([["A"]]);
});

test.each([["\n"], ["\xef\xbb\xbf"], ["  "], ["\r\n\t"], ["\xef\xbb\xbf\r\n"]])(
  "D9: what may precede UNA or UNB (%j) is skipped and noted",
  (before) => {
    expect(errors(before + around("BGM+1'", 1))).toEqual([]);
    expect(codes(`${before}UNA:+.? '\r\n${around("BGM+1'", 1)}`)).toContain("leading-bytes");
  },
);

test("D10: two interchanges in one file are read as two, with and without a second UNA", () => {
  for (const una of ["", "UNA:+.? '"]) {
    const { interchanges } = readInterchange(
      latin1(`UNA:+.? '${around("BGM+1'", 1)}\n${una}${around("BGM+2'", 1)}`),
    );
    expect(interchanges.map((entry) => elementValue(entry.messages[0]?.segments[0] as Segment, 1))).toEqual([
      "1",
      "2",
    ]);
  }
});

test("D11: wrong counts and references are found", () => {
  expect(errors(`${head}UNH+1+CONTRL:D:3:UN'UCI+1+A+B+7'UNT+99+2'UNZ+7+XX'`)).toEqual([
    "count-segments",
    "reference-message",
    "count-messages",
    "reference-interchange",
  ]);
});

test("D12: a truncated interchange is not complete", () => {
  expect(errors(`${head}UNH+1+X:D:96A:UN'`)).toEqual(["unt-missing", "unz-missing"]);
  expect(errors(`${head}UNH+1+X:D:96A:UN'BGM+1`)).toEqual(["unterminated", "unt-missing", "unz-missing"]);
});

test("D13: empty and malformed tags are errors, and reading continues", () => {
  expect(errors(around("'", 0))).toEqual(["tag-missing", "empty-message"]);
  expect(errors(around("+A'BGM+1'", 1))).toEqual(["tag-missing"]);
  expect(errors(around("ABCDEFG+A'BGM+1'", 2))).toEqual(["tag-invalid"]);
  expect(errors(around("bgm+A'", 1))).toEqual(["tag-invalid"]);
});

test("D14: an object is skipped by its length, whatever its bytes", () => {
  const object = "'+:?\0\r\nUNZ+1+R1'UNP+1+1'";
  const text = around(`UNO+1+AID:1+OBJ:IMG+${object.length}:14:1:A'${object}UNP+${object.length}+1'`, 2);
  const [uno, unp] = content(text);
  expect(errors(text)).toEqual([]);
  expect([uno?.tag, unp?.tag]).toEqual(["UNO", "UNP"]);
  const [read] = readInterchange(latin1(text)).interchanges;
  expect(read?.messages[0]?.segments[0]?.object).toEqual(latin1(object));
  expect(errors(text.replace(`+${object.length}:14`, `+${object.length - 1}:14`))).not.toEqual([]);
});

test.each([
  "UNOA",
  "UNOB",
  "UNOC",
  "UNOD",
  "UNOE",
  "UNOF",
  "UNOG",
  "UNOH",
  "UNOI",
  "UNOJ",
  "UNOK",
  "UNOW",
  "UNOY",
])("D15: the repertoire %s is known", (id) => {
  expect(errors(around("BGM+ABC'", 1).replace("UNOC", id))).toEqual([]);
  expect(codes(around("BGM+ABC'", 1).replace("UNOC", id))).not.toContain("charset-unknown");
});
