import { createRoute } from "@hono/zod-openapi";
import { DomainError } from "@sor/core";
import { getChangeSet, NewProposal, propose } from "@sor/core/changesets";
import { z } from "zod";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { idempotencyHeader, json, jsonBody, nothing, refusedWriting, security } from "../shared.ts";
import { answerSet } from "./shared.ts";
import { ChangeSetView, CommandInput, commandExample, setExample, tags } from "./views.ts";

const Proposal = NewProposal.omit({ address: true })
  .extend({ items: z.array(CommandInput).max(50).default([]) })
  .strict()
  .meta({
    id: "ProposalInput",
    description: "What is wrong or wanted about a unit or location number, and why",
  });

const given = {
  ...{ subjectType: "unit" as const, subjectId: "311000016009", topics: ["name" as const] },
  ...{ text: "Klinikken har skiftet navn, se hjemmesiden.", items: [commandExample] },
};

const proposeRoute = createRoute({
  method: "post",
  path: "/v1/proposals",
  summary: "Propose a change that the key may not make · Forslag",
  description:
    "For whoever may not edit the unit or location number: with commands, or only in words. It is a set in state `proposed` that those who edit that part of the register answer within ten Danish working days; read it as a change set. Commands must keep the rules of the register; that the key has no right to them is no error.",
  tags,
  security,
  middleware: [requireKey, limitBody(500_000), idempotent] as const,
  request: { query: nothing, headers: idempotencyHeader, body: jsonBody(Proposal, given) },
  responses: {
    201: json("Proposed", ChangeSetView, { ...setExample, state: "proposed" } as never),
    ...refusedWriting("not-found"),
  },
});

/** Proposals by keys that may not edit. */
export function proposals() {
  const app = newRouter();
  app.openapi(proposeRoute, async (c) => {
    const { items, ...proposal } = c.req.valid("json");
    const { ctx } = c.var;
    const { set, problems } = await propose(ctx, { ...proposal, address: null, commands: items });
    if (set !== null) return answerSet(c, await getChangeSet(ctx, { id: set }), 201);
    const [first] = problems.filter(({ severity }) => severity === "error");
    const { at, field, fault } = first ?? { at: 0, field: null, fault: "malformed-command" as const };
    throw new DomainError("invalid", "change-set-has-errors", {
      fault: "problems",
      at,
      field,
      problem: fault,
    });
  });
  return app;
}
