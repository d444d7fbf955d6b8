import { loadGuided, previewGuided, saveGuided, showGuidedDay } from "#lib/server/unit-edits/guided.ts";
import { mergeUnits } from "#lib/server/unit-edits/split-merge.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, mergeUnits);

export const actions: Actions = {
  day: async (event) => await showGuidedDay(event, mergeUnits),
  preview: async (event) => await previewGuided(event, mergeUnits),
  save: async (event) => await saveGuided(event, mergeUnits),
};
