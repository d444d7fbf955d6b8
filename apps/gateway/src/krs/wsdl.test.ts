import { existsSync, readFileSync } from "node:fs";
import { readXml, type XmlTree } from "@sor/core/markup";
import { expect, test } from "vitest";
import { krsWsdl, services } from "./wsdl.ts";

function all(tree: XmlTree, name: string): XmlTree[] {
  return [...(tree.name === name ? [tree] : []), ...tree.children.flatMap((child) => all(child, name))];
}
function treeOf(text: string): XmlTree {
  const read = readXml(text, { depthMax: 50, elementsMax: 100_000 });
  if ("fault" in read) throw new Error(read.fault);
  return read.tree;
}

const reference = new URL("../../../../../shared/reference/krs/wsdl/", import.meta.url);
const original = ["stamdata_krs.wsdl", "stamdata_krs_request_response.xsd"].map(
  (name) => new URL(name, reference),
);

test.skipIf(!original.every((file) => existsSync(file)))(
  "our WSDL is the same contract as the reference's (skipped where shared/reference/krs is absent)",
  () => {
    const ours = treeOf(krsWsdl(services.krs, "http://127.0.0.1/x"));
    const [wsdl, schema] = original.map((file) => treeOf(readFileSync(file, "utf8"))) as [XmlTree, XmlTree];
    expect(ours.attributes.targetNamespace).toBe(wsdl.attributes.targetNamespace);
    for (const name of ["service", "portType", "message", "part"]) {
      const facts = (tree: XmlTree) =>
        all(tree, name)
          .map(({ attributes }) => JSON.stringify([attributes.name, attributes.element]))
          .toSorted();
      expect([name, facts(ours)]).toEqual([name, facts(wsdl)]);
    }
    const bound = (tree: XmlTree) =>
      tree.children
        .filter(({ name }) => name === "binding")
        .flatMap((binding) => all(binding, "operation"))
        .map(({ attributes }) => attributes.soapAction ?? attributes.name);
    expect(bound(ours)).toEqual(bound(wsdl));
    const mine = all(ours, "schema").find(
      ({ attributes }) => attributes.targetNamespace === schema.attributes.targetNamespace,
    );
    expect(mine?.attributes.elementFormDefault).toBeUndefined();
    const elements = (tree: XmlTree | undefined) =>
      tree
        ? all(tree, "element").map(({ attributes: { name, type = "", minOccurs } }) =>
            [name, type.replace(/^.*:/, ""), minOccurs].join(" "),
          )
        : [];
    const wanted = elements(schema).filter((each) => !each.startsWith("errorMessage"));
    expect(wanted.filter((each) => !elements(mine).includes(each))).toEqual([]);
  },
);
