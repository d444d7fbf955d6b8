import { inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import type { JournalEntry } from "../journal/index.ts";
import { journalEntries } from "../journal/tables.ts";
import { htmlText } from "../markup/index.ts";
import { nameGlns, nameUnits } from "../organisations/index.ts";
import { mailPage, oneLine, packMessages } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { VersionPhase } from "../phasing-out/index.ts";
import { addDays, formatDanishDay, formatDanishInstant } from "../validity/index.ts";
import { changedTypes, sequenceOfEvent, versionOf } from "./match-entry.ts";

/** Most changes that one mail lists; it says how many more there are. */
const listedMost = 100;

const words = {
  one: (name: string) => `SOR: ændring af ${name}`,
  several: (count: number) => `SOR: ${count} ændringer af det, du overvåger`,
  unit: "Enhed",
  location: "Lokationsnummer",
  types: "Meddelelsestyper",
  facts: "Oplysninger om lokationsnummeret",
  phased: (day: string) => `Versionen udfases fra ${day}.`,
  inUse: "Versionen udfases ikke længere.",
  lastDay: (day: string) => `Sidste dag: ${day}.`,
  successor: (pair: string) => `Afløses af ${pair}.`,
  more: (count: number) => `Og ${count} ændringer mere.`,
  why: "Du får mailen, fordi du overvåger det i SOR. Brug linkene herunder til at ændre, hvad du får besked om.",
};

/** Makes one mail for each account with something due, with everything that is waiting for it. Returns how many it made. */
export async function packWatchMails(
  ctx: Context,
  { portalOrigin, limit }: { portalOrigin: string; limit: number },
): Promise<number> {
  return await packMessages(ctx, {
    ...{ topic: "watches", limit },
    compose: async (tx, _receiver, events) => {
      const sequences = events.map(({ eventId }) => sequenceOfEvent(eventId));
      const entries = await tx
        .select()
        .from(journalEntries)
        .where(inArray(journalEntries.sequence, sequences))
        .orderBy(journalEntries.sequence);
      return entries.length === 0 ? undefined : composeMail(await tell(tx, ctx, entries, portalOrigin));
    },
  });
}

type Told = { name: string; lines: string[]; link: string };

async function tell(
  tx: Transaction,
  ctx: Context,
  entries: readonly JournalEntry[],
  origin: string,
): Promise<Told[]> {
  const idsOf = (type: string) => [
    ...new Set(entries.filter(({ subjectType }) => subjectType === type).map(({ subjectId }) => subjectId)),
  ];
  const [units, glns] = [idsOf("unit"), idsOf("location")];
  const inTx = { ...ctx, db: tx };
  const names = new Map([...(await nameUnits(inTx, { sorIds: units })), ...(await nameGlns(inTx, { glns }))]);
  return entries.map((entry): Told => {
    if (versionOf(entry)) return tellVersion(entry, origin);
    const { subjectType, subjectId, sequence, at } = entry;
    const name = names.get(subjectId) ?? subjectId;
    const types = changedTypes(entry);
    const isUnit = subjectType === "unit";
    const what = isUnit ? `${words.unit} ${subjectId}` : `${words.location} ${subjectId}`;
    return {
      name,
      lines: [
        what,
        ...(isUnit ? [] : [types ? `${words.types}: ${types.join(", ")}` : words.facts]),
        formatDanishInstant(at),
      ],
      link: isUnit
        ? `${origin}/enhed/${subjectId}`
        : `${origin}/lokationer/${subjectId}/historik/${sequence}`,
    };
  });
}

/** What is told of the phasing out of a version. */
function tellVersion({ subjectId, after, at }: JournalEntry, origin: string): Told {
  const phase = VersionPhase.nullable().parse(after);
  const lines = [
    ...(phase ? [words.phased(formatDanishDay(phase.phasedOutFrom))] : [words.inUse]),
    ...(phase?.endsOn ? [words.lastDay(formatDanishDay(addDays(phase.endsOn, -1)))] : []),
    ...(phase?.successor
      ? [words.successor(`${phase.successor.messageType} ${phase.successor.version}`)]
      : []),
    formatDanishInstant(at),
  ];
  return { name: subjectId, lines, link: `${origin}/udfasning` };
}

function composeMail(all: readonly Told[]): OutboxContent {
  const told = all.slice(0, listedMost);
  const [only] = told;
  const subject = only && all.length === 1 ? words.one(oneLine(only.name)) : words.several(all.length);
  const more = all.length > told.length ? [words.more(all.length - told.length)] : [];
  const texts = told.map(({ name, lines, link }) => `${oneLine(name)}\n${lines.join("\n")}\n${link}`);
  const blocks = told.map(
    ({ name, lines, link }) =>
      `<h2>${htmlText(oneLine(name))}</h2><p>${lines.map(htmlText).join("<br>")}</p><p><a href="${htmlText(link)}">${htmlText(link)}</a></p>`,
  );
  const end = [...more, words.why];
  return {
    subject,
    text: `${[...texts, ...end].join("\n\n")}\n`,
    html: mailPage("da", subject, [...blocks, ...end.map((line) => `<p>${htmlText(line)}</p>`)].join("")),
    json: "{}",
    references: [],
  };
}
