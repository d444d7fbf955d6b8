import type { Endpoint, EndpointCondition } from "@sor/core/endpoints";
import { m } from "./words/index.ts";

/** An endpoint's state in the page's language, and the tone of its tag. */
export function endpointMark(condition: EndpointCondition): { text: string; tone: "good" | "warn" | "bad" } {
  const marks = {
    active: [m.endpoints_active, "good"],
    paused: [m.endpoints_paused, "warn"],
    draining: [m.endpoints_health_draining, "warn"],
    closed: [m.endpoints_closed, "bad"],
  } satisfies Record<EndpointCondition, [() => string, string]>;
  const [text, tone] = marks[condition];
  return { text: text(), tone: tone as "good" | "warn" | "bad" };
}

/** An endpoint's transport in the page's language. */
export function transportText(transport: Endpoint["transport"]): string {
  const texts = {
    mailbox: m.endpoints_mailbox,
    webhook: m.endpoints_webhook,
    folder: m.endpoints_folder,
  } satisfies Record<typeof transport, () => string>;
  return texts[transport]();
}
