import { loadGuided, previewGuided, saveGuided, showGuidedDay } from "#lib/server/unit-edits/guided.ts";
import { moveUnit } from "#lib/server/unit-edits/move-unit.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, moveUnit);

export const actions: Actions = {
  day: async (event) => await showGuidedDay(event, moveUnit),
  preview: async (event) => await previewGuided(event, moveUnit),
  save: async (event) => await saveGuided(event, moveUnit),
};
