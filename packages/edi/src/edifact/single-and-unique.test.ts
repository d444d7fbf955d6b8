import { expect, test } from "vitest";
import { readEnvelope } from "../read-envelope.ts";
import { latin1, textOf } from "../testing/bytes.ts";
import { readInterchange } from "./read-interchange.ts";
import { writeInterchange } from "./write.ts";

const [sender, receiver] = ["5790000120420:14", "5790000128686:14"];
const head = `UNB+UNOC:3+${sender}+${receiver}+260101:1200+R1'`;
const head4 = `UNB+UNOC:4+${sender}+${receiver}+20260101:1200+R1'`;
const message = (reference: string, type = "MEDDIS:D:93A:UN:D9134L+DIS91") =>
  `UNH+${reference}+${type}'BGM+1'UNT+3+${reference}'`;
const group = (name: string, type: string, ...messages: string[]) =>
  `UNG+${type}+A+B+260101:1200+${name}+UN+D:96A'${messages.join("")}UNE+${messages.length}+${name}'`;

/** Code and place of every finding, without offset. */
const places = (text: string) =>
  readEnvelope(latin1(text)).findings.map(({ code, at: { offset: _, interchange: __, ...at } }) => [
    code,
    at,
  ]);

test("all messages of an interchange that share reference and type are errors, the first too", () => {
  const at = (message: number) => ["duplicate-message", { message, segment: 1, element: 1 }];
  const text = `${head}${message("B1")}${message("B2")}${message("B1")}${message("B1")}UNZ+4+R1'`;
  expect(places(text)).toEqual([at(1), at(3), at(4)]);
  const { findings } = readEnvelope(latin1(text));
  for (const { at } of findings) expect(text.slice(at.offset, at.offset + 3)).toBe("B1+");
});

test.each([
  ["another type", `${head}${message("1")}${message("1", "MEDREF:D:93A:UN:H0130R+REF01")}UNZ+2+R1'`],
  ["another interchange", `${head}${message("1")}UNZ+1+R1'${head}${message("1")}UNZ+1+R1'`],
  [
    "another group",
    `${head}${["G1", "G2"].map((name) => group(name, "ORDERS", message("1", "ORDERS:D:96A:UN"))).join("")}UNZ+2+R1'`,
  ],
])("a reference may be used again in or with %s", (_, text) => {
  expect(places(text).map(([code]) => code)).not.toContain("duplicate-message");
});

test.each([
  ["within one group", [["G1", 2]]],
  [
    "in two groups of one name",
    [
      ["G1", 1],
      ["G1", 1],
    ],
  ],
] as const)("a reference is not used again %s", (_, groups) => {
  const order = message("1", "ORDERS:D:96A:UN");
  const text = groups.map(([name, count]) => group(name, "ORDERS", ...new Array<string>(count).fill(order)));
  expect(places(`${head}${text.join("")}UNZ+${groups.length}+R1'`).map(([code]) => code)).toContain(
    "duplicate-message",
  );
});

test.each([
  ["UNG+INVOIC", "UNG+ORDERS", 1],
  ["UN+D:96A'UNH", "UN+D:01B'UNH", 3],
  ["UN+D:96A'UNH", "XX+D:96A'UNH", 4],
  ["UN+D:96A'UNH", "UN+S:96A'UNH", 2],
])(
  "a group that states another type, version or agency than its message is reported: %s %s",
  (from, to, component) => {
    const sound = `${head}${group("G1", "INVOIC", message("1", "INVOIC:D:96A:UN"))}UNZ+1+R1'`;
    expect(places(sound)).toEqual([]);
    expect(places(sound.replace(from, to))).toEqual([
      ["group-type-differs", { message: 1, segment: 1, element: 2, component }],
    ]);
  },
);

test.each([
  ["UNB+UNOC:3", head.replace("+R1'", "+ '"), "+  '"],
  ["UNB+UNOC:3 with a tab", head.replace("+R1'", "+\xa0'"), "+ '"],
])("a reference of blanks is missing: %s", (_, begin, end) => {
  const { interchanges, findings } = readEnvelope(latin1(`${begin}${message("B1")}UNZ+1${end}`));
  expect(interchanges[0]?.reference).toBe("");
  expect(findings.map(({ code, at }) => [code, at.element])).toEqual([
    ["element-missing", 5],
    ["element-missing", 2],
  ]);
});

test.each([
  [`${head}${message("  ")}UNZ+1+R1'`, { message: 1, segment: 1, element: 1, component: 1 }],
  [
    `${head}${message("B1").replace("UNT+3+B1", "UNT+3+ ")}UNZ+1+R1'`,
    { message: 1, segment: 3, element: 2, component: 1 },
  ],
  [`${head.replace(sender, " :14")}${message("B1")}UNZ+1+R1'`, { element: 2, component: 1 }],
  [`${head.replace(receiver, "? :14")}${message("B1")}UNZ+1+R1'`, { element: 3, component: 1 }],
])("blanks are no value where one is needed: %s", (text, at) => {
  expect(places(text)).toContainEqual(["element-missing", at]);
  const { interchanges } = readEnvelope(latin1(text));
  const [read] = interchanges;
  const ids = [read?.sender.id, read?.receiver.id, read?.messages[0]?.reference];
  for (const id of ids) expect(id === "" || id?.trim() === id).toBe(true);
});

test.each([
  ["S003", head4.replace(receiver, `${receiver}*5790000181872:14`), 3],
  ["S002", head4.replace(sender, `${sender}*5790000181872:14`), 2],
  ["0020", head4.replace("+R1", "+R1*R2"), 5],
])("no element of UNB may be repeated: %s", (_, begin, element) => {
  const { interchanges, findings } = readEnvelope(latin1(`UNA:+.?*'${begin}${message("B1")}UNZ+1+R1'`));
  expect(findings.map(({ code, at }) => [code, at.element])).toContainEqual(["element-repeated", element]);
  expect(interchanges[0]).toMatchObject({
    sender: { id: "5790000120420", qualifier: "14" },
    receiver: { id: "5790000128686", qualifier: "14" },
  });
  expect(interchanges[0]?.receiver).not.toHaveProperty("internalId");
});

test("no element of UNH may be repeated", () => {
  const text = `UNA:+.?*'${head4}${message("B1").replace("+DIS91'", "+DIS91*DIS01'")}UNZ+1+R1'`;
  expect(places(text)).toEqual([["element-repeated", { message: 1, segment: 1, element: 3 }]]);
});

test.each([
  ["UNA with a blank fifth character", "UNA:+.? '", [["a*b"]]],
  ["UNA with a repetition separator", "UNA:+.?*'", [["a"]]],
  ["no UNA", "", [["a"]]],
])("in syntax 4, %s decides what * is, and all is written back byte for byte", (_, una, elements) => {
  const bytes = latin1(`${una}${head4}${message("B1").replace("BGM+1", "FTX+a*b")}UNZ+1+R1'`);
  const { interchanges, findings } = readInterchange(bytes);
  expect(findings).toEqual([]);
  expect(interchanges[0]?.messages[0]?.segments[0]?.elements).toEqual(elements);
  const [read] = interchanges;
  expect(read && textOf(writeInterchange(read))).toBe(textOf(bytes));
});

test.each([
  ["UNA:+.? 'UNA:+.? '", 1],
  ["UNA:+.? '\r\nUNA:+.? '\r\n", 1],
  ["UNA:+.? 'UNA:+.? 'UNA:+.? '", 2],
  ["UNA;|.? ~UNA:+.? '", 1],
])("UNA that stands several times is told, and there is one interchange: %j", (una, count) => {
  const { interchanges, findings } = readEnvelope(latin1(`${una}${head}${message("B1")}UNZ+1+R1'`));
  expect(interchanges).toHaveLength(1);
  expect(interchanges[0]?.messages).toHaveLength(1);
  expect(findings.map(({ code, at }) => [code, at.interchange])).toEqual(
    new Array(count).fill(["una-repeated", 1]),
  );
  expect(findings[0]?.at.offset).toBe(una.indexOf("UNA", 3));
});

test("a missing UNZ before the next UNA is still reported as such, and both interchanges are read", () => {
  const text = `UNA:+.? '${head}${message("B1")}UNA:+.? '${head.replace("R1", "R2")}${message("B1")}UNZ+1+R2'`;
  expect(readEnvelope(latin1(text)).interchanges).toHaveLength(2);
  expect(places(text)).toEqual([["unz-missing", {}]]);
});

const contrl = (content: string, type = "CONTRL:D:93A:ZZ:C0330Q+CTL03") =>
  `${head}UNH+B1+${type}'${content}UNT+${content.split("'").length + 1}+B1'UNZ+1+R1'`;
const uci = "UCI+K1+A+B+7'";

test.each([
  ["8", "action-code"],
  ["1", "action-code"],
  ["", "element-missing"],
  ["4", undefined],
])("a MedCom receipt with action code %j in UCI or UCM gives %s", (action, code) => {
  const at = (element: number, segment: number) => (code ? [[code, { message: 1, segment, element }]] : []);
  expect(places(contrl(`UCI+K1+A+B+${action}'`))).toEqual(at(4, 2));
  expect(places(contrl(`${uci}UCM+L1+MEDDIS:D:93A:UN:D9134L+${action}'`))).toEqual(at(3, 3));
});

test("the UN's CONTRL allows action code 8 for the interchange", () => {
  expect(places(contrl("UCI+K1+A+B+8'", "CONTRL:D:3:UN"))).toEqual([]);
  expect(places(contrl(`${uci}UCM+1+ORDERS:D:96A:UN+8'`, "CONTRL:D:3:UN"))).toEqual([
    ["action-code", { message: 1, segment: 3, element: 3 }],
  ]);
});

test("a second UCI in the same receipt is reported, one in the next receipt is not", () => {
  expect(places(contrl(`${uci}${uci}`))).toEqual([["segment-repeated", { message: 1, segment: 3 }]]);
  const two = contrl(uci).replace("UNZ+1", "UNH+B2+CONTRL:D:93A:ZZ:C0330Q+CTL03'UCI+K2+A+B+7'UNT+3+B2'UNZ+2");
  expect(places(two)).toEqual([]);
});

test("the test indicator is read, and any number but 0 means test", () => {
  const isTest = (end: string) =>
    readEnvelope(latin1(`${head.replace("R1'", `R1${end}'`)}${message("B1")}UNZ+1+R1'`)).interchanges[0]
      ?.isTest;
  expect([isTest(""), isTest("++++++1"), isTest("++++++0"), isTest("++++++2")]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test.each(["5790000120420 ", "579000012042", "DKVANS1", "57900001204200"])(
  "%j is not a location number: a warning under qualifier 14",
  (id) => {
    const text = `${head.replace("5790000120420", id)}${message("B1")}UNZ+1+R1'`;
    expect(places(text)).toEqual([["gln-form", { element: 2, component: 1 }]]);
    expect(places(text.replace(`${id}:14`, `${id}:ZZ`))).toEqual([]);
  },
);
