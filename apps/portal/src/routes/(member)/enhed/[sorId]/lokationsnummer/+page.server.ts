import {
  loadGuided,
  previewGuided,
  saveGuided,
  showGuidedDay,
  takeNumber,
} from "#lib/server/unit-edits/guided.ts";
import { newNumber } from "#lib/server/unit-edits/new-number.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => await loadGuided(event, newNumber);

export const actions: Actions = {
  day: async (event) => await showGuidedDay(event, newNumber),
  preview: async (event) => await previewGuided(event, newNumber),
  number: async (event) => await takeNumber(event, newNumber),
  save: async (event) => await saveGuided(event, newNumber),
};
