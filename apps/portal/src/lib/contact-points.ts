/** Contact details as the register authority publishes them. */
export const technicalSupport = {
  name: "Sundhedsdatastyrelsens Servicedesk",
  email: "servicedesk@sundhedsdata.dk",
  telephone: "3332\u00a03900",
} as const;

export const professionalSupport = {
  name: "Sundhedsdatastyrelsen, SOR",
  email: "SORpost@sundhedsdata.dk",
  telephone: "3268\u00a05341",
} as const;
