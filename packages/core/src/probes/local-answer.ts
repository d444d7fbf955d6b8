import type { EndpointAnswer } from "./ask-endpoint.ts";

/** The result of testing a mailbox: whether its store returned what was written. */
export const mailboxAnswer = ({ isSame, milliseconds }: { isSame: boolean; milliseconds: number }) =>
  localAnswer("mailbox", isSame ? null : "store", milliseconds, null);

/** The result of testing a folder; `fault` is why it cannot be written to, as a code. */
export async function folderAnswer(trying: Promise<{ fault: string | null }>): Promise<EndpointAnswer> {
  const started = performance.now();
  const { fault } = await trying;
  const milliseconds = Math.round(performance.now() - started);
  return localAnswer("folder", fault === null ? null : "folder", milliseconds, fault);
}

/** A result without network access; `excerpt` is a code with more about the fault. */
function localAnswer(
  method: "mailbox" | "folder",
  fault: "store" | "folder" | null,
  milliseconds: number,
  excerpt: string | null,
): EndpointAnswer {
  return {
    isUp: fault === null,
    latencyMilliseconds: milliseconds,
    detail: {
      method,
      fault,
      address: null,
      addresses: 0,
      milliseconds: { name: null, connection: null, handshake: null, answer: milliseconds },
      tls: null,
      status: null,
      signature: null,
      excerpt,
    },
  };
}
