import type { Attributes } from "./xml-reader.ts";

const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const xmlnsNamespace = "http://www.w3.org/2000/xmlns/";

/** An element's name without prefix and its namespace ("" for none); `isRight` is false where a rule of Namespaces in XML 1.0 is broken. */
export type ResolvedName = { local: string; uri: string; isRight: boolean };

/** Which namespaces the prefixes stand for at a place in a document (Namespaces in XML 1.0). */
export class NamespaceScopes {
  /** For each prefix the namespaces declared for it, the innermost last; "" is the prefix of names without one. */
  readonly #bound = new Map<string, string[]>([["xml", [xmlNamespace]]]);
  readonly #declared: { readonly depth: number; readonly prefixes: readonly string[] }[] = [];
  #default = "";
  readonly #resolved: ResolvedName = { local: "", uri: "", isRight: true };

  /** Takes an element that begins at a depth. The result is good until the next call. */
  open(name: string, depth: number, attributes: Attributes | undefined): Readonly<ResolvedName> {
    const resolved = this.#resolved;
    resolved.isRight = attributes === undefined || this.#takeAttributes(attributes, depth);
    const colon = name.indexOf(":");
    if (colon < 0) {
      resolved.local = name;
      resolved.uri = this.#default;
      return resolved;
    }
    const prefix = name.slice(0, colon);
    resolved.local = name.slice(colon + 1);
    const uri = this.#bound.get(prefix)?.at(-1);
    resolved.uri = uri ?? "";
    if (uri === undefined || !isQualified(name, colon)) resolved.isRight = false;
    return resolved;
  }

  /** An element has ended at a depth. */
  close(depth: number): void {
    const last = this.#declared.at(-1);
    if (last?.depth !== depth) return;
    this.#declared.pop();
    for (const prefix of last.prefixes) this.#bound.get(prefix)?.pop();
    this.#default = this.#bound.get("")?.at(-1) ?? "";
  }

  #takeAttributes(attributes: Attributes, depth: number): boolean {
    const prefixes: string[] = [];
    let isRight = true;
    for (const name in attributes) {
      const prefix = name === "xmlns" ? "" : name.startsWith("xmlns:") ? name.slice(6) : undefined;
      if (prefix === undefined) continue;
      const uri = (attributes[name] ?? "").trim();
      isRight &&= mayBind(prefix, uri);
      const stack = this.#bound.get(prefix) ?? [];
      this.#bound.set(prefix, stack);
      stack.push(uri);
      prefixes.push(prefix);
    }
    if (prefixes.length > 0) {
      this.#declared.push({ depth, prefixes });
      this.#default = this.#bound.get("")?.at(-1) ?? "";
    }
    return this.#areBound(attributes) && isRight;
  }

  /** Whether every attribute with a prefix has one that is bound, and none stands twice under two prefixes. */
  #areBound(attributes: Attributes): boolean {
    let seen: Set<string> | undefined;
    for (const name in attributes) {
      const colon = name.indexOf(":");
      if (colon < 0 || name.startsWith("xmlns:")) continue;
      const uri = this.#bound.get(name.slice(0, colon))?.at(-1);
      if (uri === undefined || !isQualified(name, colon)) return false;
      const expanded = `${uri} ${name.slice(colon + 1)}`;
      seen ??= new Set();
      if (seen.has(expanded)) return false;
      seen.add(expanded);
    }
    return true;
  }
}

const isQualified = (name: string, colon: number) =>
  colon > 0 && colon < name.length - 1 && !name.includes(":", colon + 1);

/** Whether a prefix ("" for none) may be bound to a namespace; in version 1.0 none is unbound again. */
function mayBind(prefix: string, uri: string): boolean {
  if (prefix === "xml") return uri === xmlNamespace;
  if (prefix === "xmlns" || uri === xmlNamespace || uri === xmlnsNamespace) return false;
  return prefix === "" || (uri !== "" && !prefix.includes(":"));
}
