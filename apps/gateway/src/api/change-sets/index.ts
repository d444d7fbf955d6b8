import { newRouter } from "../../http/router.ts";
import { approvalRules } from "./approval-rules.ts";
import { differences } from "./diff.ts";
import { drafts } from "./draft.ts";
import { locationEdits } from "./locations.ts";
import { proposals } from "./proposals.ts";
import { steps } from "./steps.ts";
import { unitEdits } from "./units.ts";

/** Edits of the register: change sets, edits of one unit or location number, and what changed. */
export function changeSets() {
  const app = newRouter();
  app.route("/", drafts());
  app.route("/", steps());
  app.route("/", unitEdits());
  app.route("/", locationEdits());
  app.route("/", differences());
  app.route("/", approvalRules());
  app.route("/", proposals());
  return app;
}
