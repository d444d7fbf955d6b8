import { loadGuided, previewGuided, saveGuided } from "#lib/server/unit-edits/guided.ts";
import { moveUnit } from "#lib/server/unit-edits/move-unit.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, moveUnit);

export const actions: Actions = {
  preview: async (event) => await previewGuided(event, moveUnit),
  save: async (event) => await saveGuided(event, moveUnit),
};
