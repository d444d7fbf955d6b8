import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { MailAddress } from "../identifiers/index.ts";
import { WebsiteField } from "../public-subscriptions/index.ts";
import { supports } from "./opening-hours.ts";
import { holdsPatientNumber } from "./patient-number.ts";

const withoutPatients = (text: string) => !holdsPatientNumber(text);
const faulty = "patient-number" satisfies Fault;

/** What somebody writes to a support, as posted by a web form. */
export const EnquiryForm = z
  .object({
    support: z.enum(supports),
    name: z.string().trim().min(2).max(100).refine(withoutPatients, faulty),
    mail: MailAddress,
    subject: z.string().trim().min(3).max(150).refine(withoutPatients, faulty),
    text: z.string().trim().min(10).max(5000).refine(withoutPatients, faulty),
    website: WebsiteField,
  })
  .transform(({ website, mail: address, ...rest }) => ({ ...rest, address, isByProgram: website !== "" }));
export type EnquiryForm = z.output<typeof EnquiryForm>;
