import { expect, test } from "vitest";
import { openGuides } from "./index.ts";

const guides = openGuides("guides", "/vejledninger");

test("guides are listed by title, and found by their names only", async () => {
  const list = await guides.list();
  expect(list).toContainEqual({ name: "ret-i-registret", title: "Ret i registret" });
  expect(list.map(({ title }) => title)).toEqual(
    list.map(({ title }) => title).toSorted((a, b) => a.localeCompare(b, "da")),
  );
  for (const name of ["../api/changes", "..%2fapi%2fchanges", "images/x", ""])
    expect([await guides.find(name), await guides.picture(name)]).toEqual([undefined, undefined]);
});

test("links lead to where the guides are served, others become text, and the title stands apart", async () => {
  const page = await openGuides("api", "/docs/guides").find("changes");
  expect(page?.title).toBe("What changed in the register");
  expect(page?.html).not.toContain("<h1");
  expect(page?.html).toContain('href="/docs/guides/files"');
  expect(page?.html).toContain('<h2 id="when-to-begin-again">');
  expect(page?.html).not.toMatch(/href="[^"]*\.md/);
  expect(page?.html).toContain('<th scope="row"><code>limit</code></th><td data-label="meaning">');
});
