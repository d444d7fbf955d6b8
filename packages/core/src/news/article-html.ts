import { type Picture, writtenHtml } from "../guides/index.ts";
import { fileRules } from "./file-type.ts";
import type { Article } from "./read-articles.ts";

/** The address of a file on this site. */
export const newsFilePath = ({ id, name }: { id: string; name: string }): string =>
  `/nyheder/fil/${id}/${encodeURIComponent(name)}`;

/** The text of an article as safe HTML, with its own pictures. */
export function articleHtml({ text, files }: Pick<Article, "text" | "files">): string {
  const pictures = new Map<string, Picture>(
    files
      .filter(({ type }) => fileRules[type].isPicture)
      .map((file) => [file.name, { src: newsFilePath(file), alt: file.description }]),
  );
  return writtenHtml(text, { pictures });
}
