import fc from "fast-check";
import { SaxesParser } from "saxes";
import { expect, test } from "vitest";
import { element, XmlWriter, xmlDocument } from "./xml-writer.ts";

type Read = { names: string[]; attributes: string[]; texts: string[] };

function read(document: string): Read {
  const found: Read = { names: [], attributes: [], texts: [] };
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    found.names.push(name);
    found.attributes.push(...Object.values(attributes));
  });
  parser.on("text", (text) => found.texts.push(text));
  parser.write(document).close();
  return found;
}

const allowed = (text: string) => text.toWellFormed().replace(/[[\p{Cc}--[\t\n\r]]\ufffe\uffff]/gv, "");

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.constantFrom(
    "]]>",
    "<a b='c'>",
    "&amp;&#0;",
    "\u0000\u0008\ud800x",
    "\r\n\t\"'",
    "\ufffe\uffff",
    "\u0085",
  ),
);

test("a parser reads back every text and attribute, without the characters that XML forbids", () => {
  fc.assert(
    fc.property(hostile, hostile, (text, value) => {
      const document = xmlDocument(element("a", `x${text}`, { b: value }));
      const { names, attributes, texts } = read(document);
      expect(names).toEqual(["a"]);
      expect(attributes).toEqual([allowed(value)]);
      expect(texts.join("")).toBe(`\n${allowed(`x${text}`)}\n`);
    }),
    { numRuns: 500 },
  );
});

test("elements stand on lines of their own, beside text they do not", () => {
  const root = element("a", [
    element("b", "1"),
    element("none", undefined),
    element("c", [element("d", "", { e: "2", none: undefined })]),
    element("p", ["text ", element("i", "3"), element("i", "4")]),
    element("empty", []),
  ]);
  expect(xmlDocument(root)).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n<b>1</b>\n<c>\n<d e="2"/>\n</c>\n<p>text <i>3</i><i>4</i></p>\n<empty/>\n</a>\n',
  );
});

test("pieces give the document that is written at once", () => {
  const writer = new XmlWriter();
  const pieces: string[] = [];
  writer.open("a", { xmlns: "urn:x" });
  pieces.push(writer.take());
  writer.open("b");
  writer.write(element("c", "1"));
  writer.write(element("c", undefined));
  pieces.push(writer.take());
  writer.close();
  writer.close();
  pieces.push(writer.end());
  expect(pieces[0]).toContain('<a xmlns="urn:x">');
  expect(pieces.join("")).toBe(
    xmlDocument(element("a", [element("b", [element("c", "1")])], { xmlns: "urn:x" })),
  );
});

test.each(["", "a b", "1a", "a><script", 'a="', "a:b:c", "-a", "a/"])(
  "%j is refused as the name of an element or attribute",
  (name) => {
    expect(() => xmlDocument(element(name, ""))).toThrow(TypeError);
    expect(() => xmlDocument(element("a", "", { [name]: "1" }))).toThrow(TypeError);
    expect(() => new XmlWriter().open(name)).toThrow(TypeError);
  },
);

test("a document without exactly one closed outermost element is refused", () => {
  const begun = new XmlWriter();
  begun.open("a");
  expect(() => begun.end()).toThrow("not complete");
  begun.close();
  expect(() => begun.close()).toThrow("no XML element is open");
  expect(() => begun.write(element("b", ""))).toThrow("one outermost element");
  expect(() => begun.open("b")).toThrow("one outermost element");
  expect(() => new XmlWriter().end()).toThrow("not complete");
});
