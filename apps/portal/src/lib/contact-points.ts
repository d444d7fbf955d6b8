/** Whom to write to or call, as the register authority publishes it. */
export const technicalSupport = {
  name: "Sundhedsdatastyrelsens Servicedesk",
  email: "servicedesk@sundhedsdata.dk",
  telephone: "3332 3900",
} as const;

export const professionalSupport = {
  name: "Sundhedsdatastyrelsen, SOR",
  email: "SORpost@sundhedsdata.dk",
  telephone: "3268 5341",
} as const;
