import type { IncomingMessage } from "node:http";

const excerptCharacters = 200;
const answerBytesMax = 65_536;
const waitMilliseconds = 1000;

/**
 * The first 200 characters of an answer's body (ISO 8859-1, control characters as blanks), null when it is empty. The answer's status
 * counts already: the body gets a second and 64 KiB, after which its connection is closed. Never throws: a body that breaks off
 * gives what has arrived.
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
