/** Kinds of "no" about endpoints and systems, with status and words. */
export const ofEndpoints = {
  "endpoint-in-use": {
    status: 409,
    title: { da: "Endepunktet er i brug", en: "The endpoint is in use" },
    about: {
      da: "Så mange lokationsnumre, som locationNumbers siger, modtager ved endepunktet. Flyt dem først, eller sig med moveTo, hvor de skal hen.",
      en: "As many location numbers as locationNumbers says receive at the endpoint. Move them first, or say with moveTo where they go.",
    },
  },
};
