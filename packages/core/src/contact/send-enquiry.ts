import { randomInt } from "node:crypto";
import { asSystem, type Context, work } from "../context.ts";
import { DomainError } from "../errors.ts";
import { htmlText } from "../markup/index.ts";
import { mailPage, oneLine, putLetter } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { claimPublicConfirmation } from "../subscriptions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { EnquiryForm } from "./schemas.ts";

type Enquiry = Omit<EnquiryForm, "isByProgram"> & {
  /** The address of the client: limits are counted by its network. */
  client: string;
  /** Where the support reads its mail. */
  supportAddress: string;
  language: "da" | "en";
};

const supportNames = { technical: "Teknisk support", professional: "Faglig support" } as const;
const daySeconds = 86_400;

const mailOf = (language: "da" | "en", subject: string, paragraphs: readonly string[]): OutboxContent => ({
  subject,
  text: `${paragraphs.join("\n\n")}\n`,
  html: mailPage(
    language,
    subject,
    paragraphs.map((each) => `<p>${htmlText(each).replaceAll(/\r?\n/g, "<br>")}</p>`).join(""),
  ),
  json: "{}",
  references: [],
});

const receiptWords = {
  da: (reference: string) => ({
    subject: `[SOR support] Vi har fået din henvendelse ${reference}`,
    paragraphs: [
      `Vi har fået din henvendelse. Den har nummer ${reference}.`,
      "Supporten svarer i sin åbningstid på denne mailadresse. Send aldrig patientoplysninger i en mail.",
      "Var det ikke dig, der skrev, så se bort fra denne mail. Adressen er ikke tilmeldt noget.",
    ],
  }),
  en: (reference: string) => ({
    subject: `[SOR support] We have your enquiry ${reference}`,
    paragraphs: [
      `We have your enquiry. Its number is ${reference}.`,
      "The support answers to this mail address in its opening hours. Never send patient information by mail.",
      "If it was not you who wrote, ignore this mail. The address is not subscribed to anything.",
    ],
  }),
};

/** A number for talking about an enquiry: the day and five digits, which is no secret. */
const newReference = (now: Date) => `${dayInDenmark(now).replaceAll("-", "")}-${randomInt(10_000, 100_000)}`;

/**
 * Sends an enquiry to a support, and a receipt to its author, who may not be the owner of the address: the receipt repeats nothing
 * of it. Returns its number. Throws `too-many` when the network or the address was used too often.
 */
export async function sendEnquiry(ctx: Context, enquiry: Enquiry): Promise<string> {
  const { address, client, support, name, subject, text, supportAddress, language } = enquiry;
  const reference = newReference(ctx.now);
  await work(asSystem(ctx, "contact"), async (tx) => {
    if (!(await claimPublicConfirmation(tx, { address, client }, ctx.now))) {
      const details = { fault: "too-many-confirmations", retryAfterSeconds: daySeconds };
      throw new DomainError("too-many", "too-many-confirmations", details);
    }
    const about = `${supportNames[support]} · ${reference}\n${oneLine(name)} <${address}>`;
    const title = `[SOR ${reference}] ${oneLine(subject)}`;
    const content = mailOf("da", title, [about, oneLine(subject), text]);
    await putLetter(tx, { purpose: "enquiry", to: supportAddress, replyTo: address, content }, ctx.now);
    const receipt = receiptWords[language](reference);
    const said = mailOf(language, receipt.subject, receipt.paragraphs);
    await putLetter(tx, { purpose: "receipt", to: address, replyTo: null, content: said }, ctx.now);
  });
  return reference;
}
