import {
  loadGuided,
  previewGuided,
  saveGuided,
  showGuidedDay,
  takeNumber,
} from "#lib/server/unit-edits/guided.ts";
import { newUnit } from "#lib/server/unit-edits/new-unit.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, newUnit);

export const actions: Actions = {
  day: async (event) => await showGuidedDay(event, newUnit),
  preview: async (event) => await previewGuided(event, newUnit),
  number: async (event) => await takeNumber(event, newUnit),
  save: async (event) => await saveGuided(event, newUnit),
};
