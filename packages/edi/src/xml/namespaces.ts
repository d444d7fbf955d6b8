/** An element's attributes by their names as written. */
export type Attributes = Readonly<Record<string, string>>;

const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const xmlnsNamespace = "http://www.w3.org/2000/xmlns/";

/**
 * An element's name without prefix and its namespace ("" for none); `isRight` is false if it breaks a rule of Namespaces in XML
 * 1.0.
 */
type ResolvedName = { local: string; uri: string; isRight: boolean };

/** The namespaces bound to prefixes at a place in a document (Namespaces in XML 1.0). */
export class NamespaceScopes {
  /** For each prefix the namespaces declared for it, innermost last; "" is the prefix of names without one. */
  #bound: Map<string, string[]> | undefined;
  readonly #declared: { readonly depth: number; readonly prefixes: readonly string[] }[] = [];
  /** The namespace of elements without a prefix. */
  unprefixed = "";
  /** Depth of the innermost element that declares namespaces, 0 if none does. */
  declaredAt = 0;
  readonly #resolved: ResolvedName = { local: "", uri: "", isRight: true };

  /** Opens an element at a depth. The result is valid until the next call. */
  open(name: string, depth: number, attributes: Attributes | undefined): Readonly<ResolvedName> {
    const resolved = this.#resolved;
    resolved.isRight = attributes === undefined || this.#takeAttributes(attributes, depth);
    const colon = name.indexOf(":");
    if (colon < 0) {
      resolved.local = name;
      resolved.uri = this.unprefixed;
      return resolved;
    }
    const prefix = name.slice(0, colon);
    resolved.local = name.slice(colon + 1);
    const uri = this.#of(prefix);
    resolved.uri = uri ?? "";
    if (uri === undefined || !isQualified(name, colon)) resolved.isRight = false;
    return resolved;
  }

  /** The innermost element that declares namespaces has ended. */
  close(): void {
    for (const prefix of this.#declared.pop()?.prefixes ?? []) this.#bound?.get(prefix)?.pop();
    this.#settle();
  }

  #settle(): void {
    this.declaredAt = this.#declared.at(-1)?.depth ?? 0;
    this.unprefixed = this.#of("") ?? "";
  }

  #of(prefix: string): string | undefined {
    return prefix === "xml" ? xmlNamespace : this.#bound?.get(prefix)?.at(-1);
  }

  #takeAttributes(attributes: Attributes, depth: number): boolean {
    const prefixes: string[] = [];
    let isRight = true;
    for (const name in attributes) {
      const prefix = name === "xmlns" ? "" : name.startsWith("xmlns:") ? name.slice(6) : undefined;
      if (prefix === undefined) continue;
      const uri = (attributes[name] ?? "").trim();
      isRight &&= mayBind(prefix, uri);
      this.#bound ??= new Map();
      const stack = this.#bound.get(prefix);
      if (stack) stack.push(uri);
      else this.#bound.set(prefix, [uri]);
      prefixes.push(prefix);
    }
    if (prefixes.length > 0) {
      this.#declared.push({ depth, prefixes });
      this.#settle();
    }
    return this.#areBound(attributes) && isRight;
  }

  /** Whether every attribute prefix is bound, and no attribute occurs twice under two prefixes. */
  #areBound(attributes: Attributes): boolean {
    let seen: Set<string> | undefined;
    for (const name in attributes) {
      const colon = name.indexOf(":");
      if (colon < 0 || name.startsWith("xmlns:")) continue;
      const uri = this.#of(name.slice(0, colon));
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

/** Whether a prefix ("" for none) may be bound to a namespace; in version 1.0 a prefix cannot be unbound. */
function mayBind(prefix: string, uri: string): boolean {
  if (prefix === "xml") return uri === xmlNamespace;
  if (prefix === "xmlns" || uri === xmlNamespace || uri === xmlnsNamespace) return false;
  return prefix === "" || (uri !== "" && !prefix.includes(":"));
}
