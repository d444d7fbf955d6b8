import { expect, test } from "vitest";
import { deviceName } from "./device-name.ts";

const [gecko, webkit] = ["Mozilla/5.0", "AppleWebKit/537.36 (KHTML, like Gecko)"];

test.each([
  [`${gecko} (Windows NT 10.0; Win64; x64) ${webkit} Chrome/131.0.0.0 Safari/537.36`, "Chrome på Windows"],
  [
    `${gecko} (Windows NT 10.0; Win64; x64) ${webkit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
    "Edge på Windows",
  ],
  [`${gecko} (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0`, "Firefox på Linux"],
  [
    `${gecko} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15`,
    "Safari på Mac",
  ],
  [
    `${gecko} (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1`,
    "Safari på iPhone",
  ],
  [`${gecko} (Linux; Android 10; K) ${webkit} Chrome/131.0.0.0 Mobile Safari/537.36`, "Chrome på Android"],
  [
    `${gecko} (Linux; Android 10; K) ${webkit} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    "Samsung Internet på Android",
  ],
  ["curl/8.5.0", "Ukendt enhed"],
  [null, "Ukendt enhed"],
])("%s is %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
