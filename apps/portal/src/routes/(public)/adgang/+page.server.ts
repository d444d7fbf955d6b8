import { clientAddress } from "#lib/server/client-address.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  const { locals } = event;
  const { actor } = locals.ctx;
  return {
    seen: {
      madeAt: Date.now(),
      address: clientAddress(event),
      isSignedIn: actor.kind === "user",
      isEncrypted: locals.config.origin.startsWith("https:"),
    },
  };
};
