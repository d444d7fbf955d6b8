import { loadGuided, previewGuided, saveGuided, showGuidedDay } from "#lib/server/unit-edits/guided.ts";
import { splitUnit } from "#lib/server/unit-edits/split-merge.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, splitUnit);

export const actions: Actions = {
  day: async (event) => await showGuidedDay(event, splitUnit),
  preview: async (event) => await previewGuided(event, splitUnit),
  save: async (event) => await saveGuided(event, splitUnit),
};
