import { walkPages } from "../testing/walk-pages.ts";

await walkPages(["vendor", "authority"]);
