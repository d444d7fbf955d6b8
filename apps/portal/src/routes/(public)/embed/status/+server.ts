import { htmlText } from "@sor/core/markup";
import {
  gravestState,
  isCurrent,
  overallSentencesDa,
  serviceStateNamesDa,
  stateNamesDa,
} from "@sor/core/status";
import { answerFeed } from "#lib/server/feed-answer.ts";
import { statusFacts } from "#lib/server/subscriptions/status-facts.ts";
import type { RequestHandler } from "./$types";

type Facts = Awaited<ReturnType<typeof statusFacts>> & { origin: string; now: Date };

const style =
  "body{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif;color-scheme:light dark}ul{margin:0 0 8px;padding:0;list-style:none}li{overflow-wrap:anywhere}";

/** A page of a few lines: the sentence for the whole, each service, and the open notices with links that leave the frame. */
function page({ services, notices, origin, now }: Facts): string {
  const rows = services.map(
    ({ nameDa, state }) => `<li>${htmlText(nameDa)}: ${serviceStateNamesDa[state]}</li>`,
  );
  const current = notices.filter((notice) => notice.kind !== "information" && isCurrent(notice, now));
  const links = current.map(
    ({ id, title, state }) =>
      `<li><a href="${htmlText(origin)}/drift/${id}" target="_blank" rel="noopener">${stateNamesDa[state]}: ${htmlText(title)}</a></li>`,
  );
  const sentence = overallSentencesDa[gravestState(services.map(({ state }) => state))];
  return `<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>Driftsstatus · SOR</title><style>${style}</style></head>
<body><main><p><strong>${sentence}</strong></p><ul>${rows.join("")}</ul>${links.length > 0 ? `<ul>${links.join("")}</ul>` : ""}<p><a href="${htmlText(origin)}/drift" target="_blank" rel="noopener">Driftsstatus</a></p></main></body></html>
`;
}

/** The status for a frame on any other site; nothing in it runs or is loaded. */
export const GET: RequestHandler = async (event) => {
  const answer = await answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const facts = await statusFacts(ctx, config);
    const body = page({ ...facts, origin: config.origin, now: ctx.now });
    return { body, changedAt: undefined, type: "text/html; charset=utf-8" };
  });
  answer.headers.set(
    "content-security-policy",
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *",
  );
  return answer;
};
