import { openApiOf } from "../api/docs.ts";
import { createApp } from "../app.ts";
import { testDeps } from "./index.ts";

export type Schema = Record<string, unknown>;
export type Media = {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
};
type Operation = {
  operationId?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
  security?: unknown[];
};

/** The published OpenAPI document. */
export const document = openApiOf(createApp(testDeps())) as unknown as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

export type Described = { name: string; method: string; path: string; operation: Operation };

/** Every operation of the document. */
export const operations: readonly Described[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...{ name: `${method} ${path}`, method: method.toUpperCase(), path, operation },
  })),
);

/** The URL of an operation, its path and required query parameters filled by `fill`. */
export function addressOf({ path, operation }: Described, fill: (name: string) => string): string {
  const filled = (name: string) => encodeURIComponent(fill(name));
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => filled(name));
  const required = (operation.parameters ?? []).filter((entry) => entry.in === "query" && entry.required);
  const query = required.map(({ name }) => `${name}=${filled(name)}`).join("&");
  return query === "" ? address : `${address}?${query}`;
}

/** The examples of a body or an answer by name. */
export function examplesOf(media: Media): [name: string, value: unknown][] {
  const named = Object.entries(media.examples ?? {}).map(([name, { value }]): [string, unknown] => [
    name,
    value,
  ]);
  return media.example === undefined ? named : [...named, ["example", media.example]];
}

/** The example bodies of an operation's description, ready to be sent. */
export function bodiesOf({ operation }: Described): { type: string; text: string }[] {
  return Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, media]) =>
    examplesOf(media).map(([, value]) => ({
      ...{ type, text: typeof value === "string" ? value : JSON.stringify(value) },
    })),
  );
}
