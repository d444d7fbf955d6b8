const danish: Readonly<Record<string, string>> = { æ: "ae", ø: "oe", å: "aa" };

/** An address made of a title: lower case, Danish letters written out, hyphens for all else. */
export function slugOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[æøå]/g, (letter) => danish[letter] ?? letter)
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "");
  const slug = plain.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 80);
  return slug.replaceAll(/^-+|-+$/g, "") || "nyhed";
}
