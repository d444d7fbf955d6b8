import type { ProbeFault, ProbeMethod, TestedEndpoint } from "@sor/core/probes";
import type { z } from "zod";
import { durationText } from "./duration-words.ts";
import { m } from "./words/index.ts";

/** The method of a probe. */
export function probeMethodText(method: z.infer<typeof ProbeMethod>): string {
  const texts = {
    handshake: m.endpoints_method_handshake,
    head: m.endpoints_method_head,
    options: m.endpoints_method_options,
    "test-event": m.endpoints_method_test_event,
    mailbox: m.endpoints_method_mailbox,
    folder: m.endpoints_method_folder,
  } satisfies Record<typeof method, () => string>;
  return texts[method]();
}

/** Why a probe failed. */
export function probeFaultText(fault: z.infer<typeof ProbeFault>): string {
  const texts = {
    "address-not-allowed": m.endpoints_fault_address_not_allowed,
    "name-not-found": m.endpoints_fault_name_not_found,
    "address-not-public": m.endpoints_fault_address_not_public,
    "connection-refused": m.endpoints_fault_connection_refused,
    "connection-broken": m.endpoints_fault_connection_broken,
    unreachable: m.endpoints_fault_unreachable,
    timeout: m.endpoints_fault_timeout,
    "tls-failed": m.endpoints_fault_tls_failed,
    "certificate-expired": m.endpoints_fault_certificate_expired,
    "certificate-of-another": m.endpoints_fault_certificate_of_another,
    "certificate-not-trusted": m.endpoints_fault_certificate_not_trusted,
    "not-http": m.endpoints_fault_not_http,
    redirect: m.endpoints_fault_redirect,
    "server-error": m.endpoints_fault_server_error,
    "signature-refused": m.endpoints_fault_signature_refused,
    "event-refused": m.endpoints_fault_event_refused,
    store: m.endpoints_fault_store,
    folder: m.endpoints_fault_folder,
  } satisfies Record<typeof fault, () => string>;
  return texts[fault]();
}

/** The result of a test, in the page's language. */
export type TestedText = { isUp: boolean; text: string; status: number | null };

/** The result of a test, as a page shows it. */
export function testedText({ isUp, latencyMilliseconds, detail }: TestedEndpoint): TestedText {
  const fault = detail.fault ? probeFaultText(detail.fault) : "";
  const text = isUp
    ? m.endpoints_test_up({ duration: durationText(latencyMilliseconds) })
    : m.endpoints_test_down({ fault });
  return { isUp, text, status: detail.status };
}

/** Why a folder could not be written to, from the error code of the gateway. */
export function folderFaultText(code: string): string {
  const texts: Record<string, () => string> = {
    ENOENT: m.endpoints_folder_missing,
    ENOTDIR: m.endpoints_folder_missing,
    EACCES: m.endpoints_folder_forbidden,
    EPERM: m.endpoints_folder_forbidden,
    EROFS: m.endpoints_folder_forbidden,
    ENOSPC: m.endpoints_folder_full,
    EDQUOT: m.endpoints_folder_full,
    TIMEOUT: m.endpoints_fault_timeout,
    "folder-outside": m.endpoints_folder_outside,
    "folder-not-configured": m.endpoints_folder_not_configured,
  };
  return texts[code]?.() ?? m.messages_error_other({ code });
}
