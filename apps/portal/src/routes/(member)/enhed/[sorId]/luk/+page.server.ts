import { closeUnit } from "#lib/server/unit-edits/close-unit.ts";
import { loadGuided, previewGuided, saveGuided, showGuidedDay } from "#lib/server/unit-edits/guided.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, closeUnit);

export const actions: Actions = {
  day: async (event) => await showGuidedDay(event, closeUnit),
  preview: async (event) => await previewGuided(event, closeUnit),
  save: async (event) => await saveGuided(event, closeUnit),
};
