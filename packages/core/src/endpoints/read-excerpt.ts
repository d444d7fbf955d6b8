import type { IncomingMessage } from "node:http";

const excerptCharacters = 200;
const answerBytesMax = 65_536;
const waitMilliseconds = 1000;

/**
 * The first 200 characters of a response body (ISO 8859-1, control characters as spaces), null when it is empty. The response
 * status is already final, so the body gets at most a second and 64 KiB before the connection is closed. Never throws: a
 * truncated body gives what has arrived.
 */
export function readExcerpt(response: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    let bytes = 0;
    let text = "";
    const finish = () => {
      clearTimeout(timer);
      resolve(text.replace(/[^\x20-\x7e\xa0-\xff]+/g, " ").trim() || null);
    };
    const timer = setTimeout(() => {
      response.destroy();
      finish();
    }, waitMilliseconds);
    response.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1").slice(0, excerptCharacters - text.length);
      bytes += chunk.byteLength;
      if (bytes > answerBytesMax) response.destroy();
    });
    response.on("end", finish);
    response.on("close", finish);
    response.on("error", finish);
  });
}
