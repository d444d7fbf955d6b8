import { guides } from "#lib/server/guides.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async () => ({ guides: await guides.list() });
