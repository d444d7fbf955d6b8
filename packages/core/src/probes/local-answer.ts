import type { EndpointAnswer } from "./ask-endpoint.ts";

/** What a test of a mailbox found: whether its store gave back what it was given. */
export const mailboxAnswer = ({ isSame, milliseconds }: { isSame: boolean; milliseconds: number }) =>
  localAnswer("mailbox", isSame ? null : "store", milliseconds, null);

/** What trying a folder found; `fault` is why it cannot be written to, as a code. */
export async function folderAnswer(trying: Promise<{ fault: string | null }>): Promise<EndpointAnswer> {
  const started = performance.now();
  const { fault } = await trying;
  const milliseconds = Math.round(performance.now() - started);
  return localAnswer("folder", fault === null ? null : "folder", milliseconds, fault);
}

/** What was found without a network; `excerpt` says more of a fault, in a code. */
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
