import { createRawSnippet } from "svelte";
import { render } from "svelte/server";
import { expect, test } from "vitest";
import Table, { type Heading } from "./Table.svelte";

const rows = createRawSnippet(() => ({ render: () => "<tr><th scope='row'>DIS01</th><td>2</td></tr>" }));

function drawn(given: { label: string; caption?: string; headings: readonly Heading[] }): string {
  const { body } = render(Table, { props: { ...given, children: rows } });
  return body.replaceAll(/<!--.*?-->/g, "").replaceAll(/ class=""/g, "");
}

test("a table has a caption, headers with scope, and a named frame that scrolls by keyboard", () => {
  const html = drawn({ label: "Typer", headings: ["Type", { text: "Antal", isNumber: true }] });
  expect(html).toContain('<figure class="scroll-frame" aria-label="Typer" tabindex="0">');
  expect(html).toContain('<caption class="hidden-visually">Typer</caption>');
  expect(html).toContain('<th scope="col">Type</th><th scope="col" class="number">Antal</th>');
  expect(html).toMatch(/<tbody>.*DIS01.*<\/tbody>/s);
});

test("a caption is shown, and an omitted column has no header", () => {
  const html = drawn({ label: "Typer", caption: "2 typer", headings: ["Type", false] });
  expect(html).toContain("<caption>2 typer</caption>");
  expect(html.match(/<th scope="col"/g)).toHaveLength(1);
});
