import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals, getClientAddress }) => {
  const { actor } = locals.ctx;
  return {
    seen: {
      address: getClientAddress(),
      isSignedIn: actor.kind === "user",
      isEncrypted: locals.config.origin.startsWith("https:"),
    },
  };
};
