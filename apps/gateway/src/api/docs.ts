import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type Guide, openGuides } from "@sor/core/guides";
import { html, raw } from "hono/html";
import type { AppEnv, Language } from "../app-env.ts";
import { etagOf } from "../http/conditional.ts";
import { newRouter } from "../http/router.ts";
import { type ProblemCode, problem, problems } from "../problems/index.ts";
import { describeOperations } from "./describe.ts";

const description = `Opslag og meddelelser i SOR-platformen · Lookups and messages of the SOR platform.

Every refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`; its text is Danish, or English by
\`Accept-Language\`. Lookups are answered as of one journal number, given in \`Register-Sequence\`.`;

/** The OpenAPI 3.1 document of everything mounted in `app`. */
export function openApiOf(app: OpenAPIHono<AppEnv>) {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "SOR gateway",
      version: "1.0.0",
      description,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "routes", description: "Where a message is sent · Hvor en meddelelse skal hen" },
      { name: "message-types", description: "The catalogue and who receives what · Typer og modtagere" },
      { name: "organisations", description: "The register's units · Registrets enheder" },
      { name: "shak", description: "The SHAK classification and its units · SHAK" },
      { name: "code-lists", description: "What codes mean · Kodelister" },
      { name: "change-sets", description: "Editing the register · Rettelser i registret" },
      { name: "vendor-switches", description: "Passing to another vendor · Leverandørskifter" },
      { name: "interchanges", description: "Sending · Afsendelse" },
      { name: "messages", description: "What happened to a message · Hvad der skete" },
      { name: "mailboxes", description: "Fetching · Afhentning" },
      { name: "changes", description: "What changed in the register · Ændringer i registret" },
      { name: "files", description: "The register as files · Registret som filer" },
      { name: "operations", description: "Liveness, readiness, metrics · Drift" },
    ],
  });
  return describeOperations(document);
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
const pageHeaders = { "Content-Security-Policy": policy };

const require = createRequire(import.meta.url);
const assetTypes: Record<string, string> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

const startScript = `window.ui = SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis], validatorUrl: null, tryItOutEnabled: true });\n`;

const words = {
  da: { docs: "Dokumentation", status: "Status", all: "Alle fejltyper", code: "Kode" },
  en: { docs: "Documentation", status: "Status", all: "All problem types", code: "Code" },
} satisfies Record<Language, Record<string, string>>;

function problemPage(code: ProblemCode, language: Language) {
  const { status, title, about } = problems[code];
  const text = words[language];
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${title[language]}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/page.css"></head>
<body><main><h1>${title[language]}</h1><p>${about[language]}</p>
<dl><dt>${text.code}</dt><dd><code>${code}</code></dd><dt>${text.status}</dt><dd>${status}</dd></dl>
<p><a href="/docs/problems">${text.all}</a> · <a href="/docs">${text.docs}</a></p></main></body></html>`;
}

function problemList(language: Language) {
  const text = words[language];
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) =>
      html`<tr><td><a href="/docs/problems/${code}">${code}</a></td><td>${status}</td><td>${title[language]}</td></tr>`,
  );
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${text.all}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/page.css"></head>
<body><main><h1>${text.all}</h1><table><tbody>${rows}</tbody></table><p><a href="/docs">${text.docs}</a></p></main></body></html>`;
}

const docsPage = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>SOR gateway</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png"></head>
<body><p class="guides"><a href="/docs/guides">Guides</a> · <a href="/docs/problems">Problems</a> · <a href="/openapi.json">openapi.json</a></p><div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;

const pageCss = `body{font:1rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:46rem;padding:0 1rem;color-scheme:light dark}
pre{overflow-x:auto}table{display:block;overflow-x:auto}td,th{text-align:left}td{padding:.2rem .8rem .2rem 0;vertical-align:top}dt{font-weight:600}dd{margin:0 0 .5rem}\n`;

function guidePage({ title, html: content }: Guide) {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/page.css"></head>
<body><main><p><a href="/docs/guides">Guides</a> · <a href="/docs">Reference</a></p><h1>${title}</h1>${raw(content)}</main></body></html>`;
}

const guidesOfApi = openGuides("api", "/docs/guides");

/** The how-to guides, and the path from them to the top. */
function guides() {
  const app = newRouter();
  app.get("/", (c) => c.redirect("/docs", 302));
  app.get("/docs/guides", async (c) => {
    const links = (await guidesOfApi.list()).map(
      ({ name, title }) => `<li><a href="/docs/guides/${name}">${title}</a></li>`,
    );
    return c.html(guidePage({ title: "Guides", html: `<ul>${links.join("")}</ul>` }), 200, pageHeaders);
  });
  app.get("/docs/guides/:name", async (c) => {
    const page = await guidesOfApi.find(c.req.param("name"));
    return page ? c.html(guidePage(page), 200, pageHeaders) : problem(c, "not-found");
  });
  return app;
}

/** The API description, for machines and for people; nothing is loaded from another host. */
export function docs(described: OpenAPIHono<AppEnv>) {
  const app = newRouter();
  let document: { text: string; etag: string } | undefined;
  app.get("/openapi.json", (c) => {
    const text = document?.text ?? JSON.stringify(openApiOf(described));
    document ??= { text, etag: etagOf(0, text) };
    const headers = {
      ETag: document.etag,
      "Cache-Control": "public, max-age=300",
      "Access-Control-Allow-Origin": "*",
    };
    return c.body(document.text, 200, { ...headers, "Content-Type": "application/json; charset=utf-8" });
  });
  app.route("/", guides());
  app.get("/docs", (c) => c.html(docsPage, 200, pageHeaders));
  app.get("/docs/page.css", (c) => c.body(pageCss, 200, { "Content-Type": "text/css; charset=utf-8" }));
  app.get("/docs/start.js", (c) =>
    c.body(startScript, 200, { "Content-Type": "text/javascript; charset=utf-8" }),
  );
  app.get("/docs/problems", (c) => c.html(problemList(c.var.language), 200, pageHeaders));
  app.get("/docs/problems/:code", (c) => {
    const code = c.req.param("code");
    if (!Object.hasOwn(problems, code)) return problem(c, "not-found");
    return c.html(problemPage(code as ProblemCode, c.var.language), 200, pageHeaders);
  });
  app.get("/docs/:asset", async (c) => {
    const type = Object.hasOwn(assetTypes, c.req.param("asset")) && assetTypes[c.req.param("asset")];
    if (!type) return problem(c, "not-found");
    const bytes = await readFile(require.resolve(`swagger-ui-dist/${c.req.param("asset")}`));
    return c.body(new Uint8Array(bytes), 200, {
      "Content-Type": type,
      "Cache-Control": "public, max-age=3600",
    });
  });
  return app;
}
