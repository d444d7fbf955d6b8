import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { fileAnswer } from "./file-answer.ts";

test("the rows are written in the language of the request, also after the request has been answered", async () => {
  const language = new AsyncLocalStorage<string>();
  async function* rows() {
    for (let count = 0; count < 2; count += 1) yield [language.getStore() ?? "none"];
  }
  const answer = language.run("en", () => fileAnswer("ord", "csv", rows()));
  expect(await answer.text()).toBe("en\r\nen\r\n");
});
