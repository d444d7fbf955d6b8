import type { Context } from "../context.ts";
import {
  createSeries,
  DraftForm,
  NewSeriesForm,
  saveDraft,
  saveTemplate,
  TemplateForm,
} from "../notice-plans/index.ts";
import { addNoticeUpdate, createNotice } from "../status/index.ts";
import { formatDanishDay } from "../validity/index.ts";

const hourMilliseconds = 3_600_000;

/** A few invented notices: an incident that was solved, windows that were and will be, a piece of information. */
export async function loadNotices(contextAt: (instant: Date) => Context, now: Date): Promise<void> {
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * hourMilliseconds);
  const services = ["edi-gateway-demo"];

  const incident = await createNotice(contextAt(hoursAgo(30 * 24)), {
    kind: "incident",
    title: "Langsomme svar på opslag",
    text: "Opslag på lokationsnumre svarer langsomt. Vi undersøger årsagen. Meddelelser går igennem, men kan være forsinkede.",
    state: "investigating",
    priority: 2,
    services,
  });
  await addNoticeUpdate(contextAt(hoursAgo(30 * 24 - 1)), {
    noticeId: incident,
    state: "identified",
    text: "Årsagen er et netværksudstyr, der bliver skiftet.",
  });
  await addNoticeUpdate(contextAt(hoursAgo(30 * 24 - 3)), {
    noticeId: incident,
    state: "resolved",
    text: "Udstyret er skiftet. Servicen kører normalt igen.",
  });

  const past = await createNotice(contextAt(hoursAgo(17 * 24)), {
    kind: "window",
    title: "Opdatering af SOR-EDI",
    text: "SOR-EDI opdateres. I vinduet kan meddelelsestyper ses, men ikke rettes. Opslag fungerer som normalt.",
    state: "scheduled",
    plannedStart: hoursAgo(14 * 24),
    plannedEnd: hoursAgo(14 * 24 - 3),
    services: ["sor-edi-demo", "portal-demo"],
  });
  await addNoticeUpdate(contextAt(hoursAgo(14 * 24 - 2)), {
    noticeId: past,
    state: "completed",
    text: "Servicevinduet er afsluttet en time før tid. Servicen kører normalt igen.",
  });

  await createNotice(contextAt(hoursAgo(5 * 24)), {
    kind: "information",
    title: "Nye versioner i kataloget over meddelelsestyper",
    text: "Kataloget viser nu, hvilke versioner der er afløst, og hvilken version der afløser dem.",
    state: "published",
    services: ["sor-edi-demo"],
  });
  await createNotice(contextAt(hoursAgo(2 * 24)), {
    kind: "window",
    title: "Vedligehold af databasen",
    text: "Databasen flyttes til nyt udstyr. Opslag svarer hele tiden; rettelser kan ikke gemmes i op til ti minutter.",
    state: "scheduled",
    plannedStart: new Date(now.getTime() + 9 * 24 * hourMilliseconds),
    plannedEnd: new Date(now.getTime() + (9 * 24 + 2) * hourMilliseconds),
    services: ["sor-demo", "sor-edi-demo"],
  });
  await loadPlans(contextAt(hoursAgo(24)), now);
}

/** What the authority has prepared: templates, a draft and a recurring window. */
async function loadPlans(ctx: Context, now: Date): Promise<void> {
  const templates = [
    {
      ...{ kind: "incident", name: "Langsomme svar", title: "Langsomme svar på opslag" },
      text: "Opslag svarer langsommere end normalt. Meddelelser går igennem, men kan være forsinkede. Vi undersøger årsagen.",
    },
    {
      ...{ kind: "window", name: "Opdatering", title: "Opdatering af SOR-EDI" },
      text: "SOR-EDI opdateres. I vinduet kan meddelelsestyper ses, men ikke rettes. Opslag fungerer som normalt.",
    },
  ];
  for (const template of templates) await saveTemplate(ctx, TemplateForm.parse(template));
  const draft = {
    ...{
      kind: "information",
      state: "published",
      title: "Nye kontaktoplysninger",
      services: ["sor-edi-demo"],
    },
    text: "Teknisk support får nyt telefonnummer. Det gamle virker måneden ud.",
  };
  await saveDraft(ctx, DraftForm.parse(draft));
  const series = {
    ...{ title: "Månedlig opdatering af EDI-gatewayen", services: ["edi-gateway-demo"] },
    text: "EDI-gatewayen opdateres. Meddelelser kan sendes hele tiden, men kan blive afleveret op til ti minutter senere.",
    ...{ weeks: ["3"], weekday: "4", startClock: "18:00", endClock: "22:00", announceDays: "7" },
    firstDay: formatDanishDay(now),
  };
  await createSeries(ctx, NewSeriesForm.parse(series));
}
