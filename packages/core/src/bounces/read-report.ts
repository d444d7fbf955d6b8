/** A delivery status (RFC 3464): the address it came back to, and why. */
export type Report = {
  /** The headers of the mail, which name the return address. */
  headers: string;
  /** Its enhanced status code (RFC 3463), such as 5.1.1. */
  status: string;
};

const unfolded = (text: string) => text.replaceAll(/\r?\n[ \t]+/g, " ");

/** The parts of a multipart body, without nested boundaries: a status part holds none. */
function partsOf(headers: string, body: string): string[] {
  const boundary = /^content-type:.*?boundary="?([^"\s;]{1,200})"?/im.exec(headers)?.[1];
  return boundary === undefined ? [] : body.split(`--${boundary}`).slice(1);
}

/**
 * The delivery status in a mail that was sent back; undefined for every other mail, such as an absence notice, and for one that says
 * only that delivery is late or done.
 */
export function readReport(text: string): Report | undefined {
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) return undefined;
  const headers = unfolded(text.slice(0, end.index));
  const isReport = /^content-type:\s*multipart\/report\b.*report-type="?delivery-status/im.test(headers);
  if (!isReport) return undefined;
  const status = partsOf(headers, text.slice(end.index)).find((part) =>
    /^content-type:\s*message\/(?:global-)?delivery-status/im.test(part),
  );
  const fields = unfolded(status ?? "");
  const isFailed = /^action:\s*failed\b/im.test(fields);
  const code = /^status:\s*([245]\.\d{1,3}\.\d{1,3})\b/im.exec(fields)?.[1];
  return isFailed && code !== undefined ? { headers, status: code } : undefined;
}

// A full mailbox, a mail that is too large or malformed, and a policy about its content say nothing of the address.
const aboutTheMail = /^5\.(?:2\.[23]|3\.4|6\.\d+|7\.\d+)$/;

/** Whether a status says that the address takes no mail. */
export const isDeadAddress = (status: string): boolean =>
  status.startsWith("5.") && !aboutTheMail.test(status);
