import { createRoute } from "@hono/zod-openapi";
import {
  type ComingChange,
  ComingKind,
  ComingQuestion,
  ComingSubject,
  ComingTypes,
  listComingChanges,
} from "@sor/core/day-changes";
import { Uuid } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import { Day, getUnitLine } from "@sor/core/organisations";
import { z } from "zod";
import { carriedPage, carriesFilter } from "../api/paging.ts";
import { asOf } from "../api/routes/shared.ts";
import type { Deps } from "../app-env.ts";
import { requireReader } from "../http/caller.ts";
import { answerAsOf, cacheFor, secondsOfDay } from "../http/conditional.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";

const Coming = z
  .object({
    day: Day.meta({ description: "The first day on which it is so" }),
    kind: ComingKind,
    subject: ComingSubject,
    id: z.string().meta({ description: "SOR id, or location number" }),
    name: z.string().nullable(),
    begins: ComingTypes.optional().meta({ description: "Only of registrations" }),
    ends: ComingTypes.optional().meta({ description: "Only of registrations" }),
    recordedAt: z.iso.datetime().meta({ description: "When it was registered" }),
    changeSet: z
      .object({ id: Uuid, title: z.string(), author: z.string().nullable() })
      .nullable()
      .meta({ description: "null for those who may not see the set, and for what came with an import" }),
  })
  .meta({ id: "ComingChange", description: "What begins, changes or ends by itself on a day" });
const ComingPage = z.object({ items: z.array(Coming), next: z.string().nullable() });

const recordedAt = "2026-11-20T09:12:00.000Z";
const example: z.input<typeof ComingPage> = {
  items: [
    {
      ...{ day: "2027-01-01", kind: "begins", subject: "registrations", id: "5790009001280" },
      ...{ name: "Medicinsk Afsnit 3", begins: { receive: ["DIS91", "RRE01"], send: ["REF01"] } },
      ...{ ends: { receive: [], send: [] }, recordedAt, changeSet: null },
    },
    {
      ...{
        day: "2027-01-01",
        kind: "begins",
        subject: "unit",
        id: "311000016009",
        name: "Medicinsk Afsnit 3",
      },
      ...{ recordedAt, changeSet: null },
    },
  ],
  next: null,
};

function viewOf({ begins, ends, by, recordedAt, ...change }: ComingChange): z.input<typeof Coming> {
  const changeSet = by && { id: by.setId, title: by.title, author: by.author };
  const types = change.subject === "registrations" && { begins, ends };
  return { ...change, ...types, recordedAt: recordedAt.toISOString(), changeSet };
}

/** What begins, changes and ends from tomorrow on, for everybody who may look up. */
export function comingChanges(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/coming-changes",
      summary: "What begins, changes and ends from tomorrow on · Kommende ændringer",
      description:
        "By day, the earliest first: units, location numbers, and what location numbers receive and send. `subtreeOf` narrows to a unit and what is below it. 404 where there is no such unit.",
      tags: ["changes"],
      request: { query: ComingQuestion },
      middleware: [requireReader(deps), carriesFilter] as const,
      responses: {
        ...asOf(ComingPage, "A page", example),
        ...problemResponses("invalid", "not-found", "unavailable", "too-many"),
      },
    }),
    async (c) => {
      const question = c.req.valid("query");
      const sequence = await currentSequence(deps.db);
      if (question.subtreeOf !== undefined) await getUnitLine(c.var.ctx.db, question.subtreeOf);
      const { page, link } = carriedPage(c, await listComingChanges(c.var.ctx, question));
      const body = JSON.stringify({ items: page.items.map(viewOf), next: page.next });
      const caching = { "Cache-Control": cacheFor("list", secondsOfDay(c.var.ctx.now)) };
      return answerAsOf(c, sequence, body, { ...caching, ...link });
    },
  );
  return app;
}
