import fc from "fast-check";
import { expect, test } from "vitest";
import { isTooNested, writtenHtml } from "./index.ts";

const pictures = new Map([["kort over.png", { src: "/nyheder/fil/1/kort.png", alt: "Kort" }]]);
const html = (text: string) => writtenHtml(text, { pictures });

test.each([
  ["<script>alert(1)</script>", "&lt;script&gt;"],
  ["hej <img src=x onerror=alert(1)> dig", "&lt;img src=x onerror=alert(1)&gt;"],
  ["[klik](javascript:alert(1))", "<p>klik</p>"],
  ["[klik](//ond.example)", "<p>klik</p>"],
  ["[klik](/\\\\ond.example)", "<p>klik</p>"],
  ["[klik](data:text/html,x)", "<p>klik</p>"],
  ["<javascript:alert(1)>", "<p>javascript:alert(1)</p>"],
  ['[klik](https://a.example/"onmouseover="x)', "https://a.example/"],
  ["![sporing](https://a.example/p.gif)", "<p>sporing</p>"],
])("what is not safe in %s is text", (text, shown) => {
  expect(html(text)).toContain(shown);
  expect(html(text)).not.toMatch(/<(?:script|img)|href="(?:javascript|data|\/\/|\/\\)|<a href="[^"]*"[^>]/i);
});

test("the safe subset is rendered: headings below the title, links, lists, tables and own pictures", () => {
  expect(html("# Indhold")).toBe('<h2 id="afsnit-indhold">Indhold</h2>\n');
  expect(html("[drift](/drift) og [sor](https://sor.example)")).toBe(
    '<p><a href="/drift">drift</a> og <a href="https://sor.example">sor</a></p>\n',
  );
  expect(html("![](kort%20over.png)")).toContain('<img src="/nyheder/fil/1/kort.png" alt="Kort"');
  expect(html("![Regionerne](<kort over.png>)")).toContain('alt="Regionerne"');
  expect(html("| A | B |\n|---|---|\n| 1 | 2 |")).toContain(
    '<th scope="row">1</th><td data-label="B">2</td>',
  );
  expect(html("- [x] gjort")).not.toContain("<input");
});

test("links and pictures of this site are absolute for feeds and mail", () => {
  const origin = "https://sor.example.org";
  expect(writtenHtml("[d](/drift) ![](kort%20over.png)", { pictures, origin })).toBe(
    '<p><a href="https://sor.example.org/drift">d</a> <img src="https://sor.example.org/nyheder/fil/1/kort.png" alt="Kort" loading="lazy"></p>\n',
  );
});

test("no text makes an element or an address that is not allowed", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    '"',
    "'",
    "](",
    "[",
    "![",
    ")",
    "javascript:",
    "\n",
    "`",
    "&",
    "//",
    "a",
    "# ",
    "<b ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const made = html(pieces.join(""));
      expect(
        made.replaceAll(
          /<\/?(?:p|em|strong|a|code|pre|h[2-6]|br|del|ul|ol|li|blockquote)(?: (?:href|id|class|start)="[^"<>]*")*>/g,
          "",
        ),
      ).not.toMatch(/<[a-z/!]/i);
      expect(made).not.toMatch(/href="(?!https?:\/\/|mailto:|\/(?![/\\])|#)/i);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [">".repeat(25), true],
  ["> ".repeat(25), true],
  [`${"- ".repeat(25)}a`, true],
  ["[".repeat(30), true],
  ["-".repeat(60), false],
  ["> et citat\n\n- et punkt", false],
])("deep nesting is noticed: %s", (text, is) => {
  expect(isTooNested(text)).toBe(is);
});
