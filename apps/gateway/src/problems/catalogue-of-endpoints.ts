/** Kinds of problem about endpoints and systems, with status and texts. */
export const ofEndpoints = {
  "endpoint-in-use": {
    status: 409,
    title: { da: "Endepunktet er i brug", en: "The endpoint is in use" },
    about: {
      da: "Så mange lokationsnumre, som locationNumbers siger, modtager ved endepunktet. Flyt dem først, eller sig med moveTo, hvor de skal hen.",
      en: "As many location numbers as locationNumbers says receive at the endpoint. Move them first, or say with moveTo where they go.",
    },
  },
  "too-many-secrets": {
    status: 409,
    title: { da: "For mange signeringshemmeligheder overlapper", en: "Too many signing secrets overlap" },
    about: {
      da: "Højst fem hemmeligheder signerer samtidig. Vent til endsAt, hvor den næste slutter, eller afslut alle ældre med overlapHours 0.",
      en: "At most five secrets sign at once. Wait until endsAt, when the next one ends, or end all older ones with overlapHours 0.",
    },
  },
};
