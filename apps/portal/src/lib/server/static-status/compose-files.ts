import { htmlText } from "@sor/core/markup";
import {
  atomFeed,
  feedEntries,
  gravestState,
  isCurrent,
  jsonFeed,
  type Notice,
  overallSentencesDa,
  rssFeed,
  type ServiceStatus,
  serviceStateNamesDa,
  stateNamesDa,
  statuspageAnswer,
  windowsCalendar,
} from "@sor/core/status";
import { danishTimestamp, formatDanishInstant } from "@sor/core/validity";

type Facts = { services: readonly ServiceStatus[]; notices: readonly Notice[]; origin: string; madeAt: Date };

/** A page that is older says itself that the status is unknown. */
const oldMinutes = 5;

const time = (instant: Date) =>
  `<time datetime="${danishTimestamp(instant)}">${formatDanishInstant(instant)}</time>`;

function noticeHtml(notice: Notice): string {
  const { title, state, services, plannedStart, plannedEnd, updatedAt } = notice;
  const planned =
    plannedStart && plannedEnd ? `<p>Planlagt: ${time(plannedStart)} til ${time(plannedEnd)}</p>` : "";
  const text = htmlText(notice.updates.at(-1)?.text ?? "").replaceAll(/\r?\n/g, "<br>");
  const names = services.map(({ nameDa }) => htmlText(nameDa)).join(", ");
  return `<article><h3>${stateNamesDa[state]}: ${htmlText(title)}</h3>${planned}<p>${text}</p><p>Berører: ${names}. Opdateret: ${time(updatedAt)}</p></article>`;
}

const style = `body{font-family:system-ui,sans-serif;line-height:1.5;max-width:46em;margin:2em auto;padding:0 1em;color-scheme:light dark}
.old{display:none}[data-old] .old{display:block}[data-old] .fresh{display:none}th{text-align:left;padding-right:2em}`;

// Without scripts the time and the sentence beside it say the same.
const script = `const look=()=>{const made=Date.parse(document.querySelector("#made time").dateTime);
document.documentElement.toggleAttribute("data-old",Date.now()-made>${oldMinutes * 60_000})};look();setInterval(look,10000)`;

function pageHtml({ services, notices, origin, madeAt }: Facts): string {
  const current = notices.filter((notice) => isCurrent(notice, madeAt));
  const rows = services.map(
    ({ nameDa, state }) =>
      `<tr><th scope="row">${htmlText(nameDa)}</th><td>${serviceStateNamesDa[state]}</td></tr>`,
  );
  const overall = overallSentencesDa[gravestState(services.map(({ state }) => state))];
  return `<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>Driftsstatus · SOR</title><style>${style}</style>
<link rel="alternate" type="application/rss+xml" title="Driftsbeskeder" href="rss.xml"><link rel="alternate" type="application/atom+xml" title="Driftsbeskeder" href="atom.xml"></head>
<body><main><h1>Driftsstatus</h1>
<p id="made">Siden er lavet ${time(madeAt)}. Er det mere end ${oldMinutes} minutter siden, er status ukendt.</p>
<p class="old" role="status"><strong>Status er ukendt.</strong> Siden er gammel; det herunder er det sidste, vi ved.</p>
<p class="fresh"><strong>${overall}</strong></p>
<h2>Driftsbeskeder</h2>
${current.map(noticeHtml).join("\n") || "<p>Der er ingen aktuelle driftsbeskeder.</p>"}
<h2>Tjenester</h2>
<table class="fresh"><caption>Status, da siden blev lavet</caption><tbody>${rows.join("")}</tbody></table>
<p class="old">Tjenesternes status er ukendt.</p>
<p><a href="${htmlText(origin)}/drift">Driftsstatus i portalen</a></p>
</main><script>${script}</script></body></html>
`;
}

/** The files of the static status page by name: what a web server shows when the portal and the database are gone. */
export function composeStatusFiles(facts: Facts): Record<string, string> {
  const { services, notices, origin } = facts;
  const entries = feedEntries(notices);
  const feed = (name: string) => ({ origin, selfPath: `/drift/${name}` });
  const windows = notices.filter(({ kind }) => kind === "window");
  return {
    "rss.xml": rssFeed(entries, feed("rss.xml")),
    "atom.xml": atomFeed(entries, feed("atom.xml")),
    "feed.json": jsonFeed(entries, feed("feed.json")),
    "servicevinduer.ics": windowsCalendar(windows, origin),
    "summary.json": JSON.stringify({
      made_at: danishTimestamp(facts.madeAt),
      ...statuspageAnswer("summary", { services, notices, origin }),
    }),
    // Last: whoever sees a new page finds the other files as new.
    "index.html": pageHtml(facts),
  };
}
