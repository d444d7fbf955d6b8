import { fileURLToPath } from "node:url";
import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vitest/config";
import { words } from "./compile-words.ts";

export default defineConfig({
  plugins: [
    words(),
    sveltekit({
      adapter: adapter({ precompress: true }),
      compilerOptions: { runes: true },
      csp: {
        mode: "nonce",
        directives: {
          "default-src": ["none"],
          "script-src": ["self"],
          "style-src": ["self"],
          // Kit's own hidden announcer of page changes carries this one style attribute, and no other is let through.
          "style-src-attr": ["unsafe-hashes", "sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo="],
          "img-src": ["self", "data:"],
          "font-src": ["self"],
          "connect-src": ["self"],
          "form-action": ["self"],
          "base-uri": ["none"],
          "frame-ancestors": ["none"],
        },
      },
    }),
  ],
  environments: {
    // Our own packages run from their sources beside the build; bundled, each would exist twice in one process.
    ssr: { build: { rolldownOptions: { external: [/^@sor\//] } } },
  },
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: [fileURLToPath(import.meta.resolve("@sor/core/testing/postgres")), "src/testing/build.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Every file has a database, a portal and a browser of its own; loading all modules anew for each cost much of the time.
    isolate: false,
    pool: "threads",
    provide: { changes: Number(process.env["CHANGES"] ?? 3) },
  },
});
