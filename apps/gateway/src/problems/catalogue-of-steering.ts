/** Kinds of problem about steering messages, with status and texts. */
export const ofSteering = {
  "no-such-way": {
    status: 409,
    title: { da: "Modtageren modtager ikke brevet dér", en: "The receiver does not take the message there" },
    about: {
      da: "Brevet kan ikke sendes ad den vej: se reason (LOK, VER, MID, already-there, not-received-there).",
      en: "The message cannot go that way: see reason (LOK, VER, MID, already-there, not-received-there).",
    },
  },
  "receipt-contradicts": {
    status: 409,
    title: { da: "Det modsatte er kvitteret før", en: "The opposite has been receipted before" },
    about: {
      da: "En positiv kvittering må aldrig følges af en negativ, eller omvendt (MedCom).",
      en: "A positive receipt may never be followed by a negative one, or the reverse (MedCom).",
    },
  },
  "receipt-given": {
    status: 409,
    title: { da: "Det er kvitteret før med andre ord", en: "It has been receipted before in other words" },
    about: {
      da: "Afsenderen har fået en negativ kvittering for brevet med en anden grund eller tekst. Den kan ikke ændres, og der er ikke sendt en ny.",
      en: "The sender has been given a negative receipt for the message with another reason or text. It cannot be changed, and no other was sent.",
    },
  },
  "not-answerable": {
    status: 409,
    title: { da: "Der kan ikke kvitteres for det", en: "It cannot be answered by a receipt" },
    about: {
      da: "En kvittering, og hvad gatewayen selv har sendt, besvares ikke med en kvittering.",
      en: "A receipt, and what the gateway sent itself, is answered by no receipt.",
    },
  },
  "endpoint-paused": {
    status: 409,
    title: { da: "Brevet venter på sit endepunkt", en: "The message waits for its endpoint" },
    about: {
      da: "Brevet holdes ikke tilbage af nogen. Det går videre, når endepunktet genoptages.",
      en: "Nobody holds the message back. It goes on when its endpoint resumes.",
    },
  },
  "second-person-needed": {
    status: 409,
    title: { da: "Frigivelsen kræver to personer", en: "Its release takes two persons" },
    about: {
      da: "At sende brevet ad en anden vej ville frigive det. To personer frigiver det i portalen.",
      en: "Sending the message another way would release it. Two persons release it in the portal.",
    },
  },
  "person-needed": {
    status: 409,
    title: {
      da: "To personer frigiver brevet i portalen",
      en: "Two persons release the message in the portal",
    },
    about: {
      da: "Frigivelsen kræver to personer, og en nøgle er ikke en person.",
      en: "Its release takes two persons, and a key is none.",
    },
  },
  "held-by-other-side": {
    status: 409,
    title: { da: "Den anden side holder brevet tilbage", en: "The other side holds the message back" },
    about: {
      da: "Den side, der holder et brev tilbage, frigiver det: se heldBy (sender, receiver).",
      en: "The side that holds a message back releases it: see heldBy (sender, receiver).",
    },
  },
  "nothing-to-approve": {
    status: 409,
    title: { da: "Ingen har bedt om frigivelse", en: "Nobody has asked for its release" },
    about: {
      da: "Der er intet at afvise.",
      en: "There is nothing to decline.",
    },
  },
  "nothing-to-resend": {
    status: 409,
    title: { da: "Ingen af brevene kan sendes igen", en: "None of the messages can be sent again" },
    about: {
      da: "Se leftOut for, hvorfor hvert brev er udeladt.",
      en: "See leftOut for why each message is left out.",
    },
  },
  "too-many-resends": {
    status: 409,
    title: { da: "For mange gensendelser er i gang", en: "Too many resends are under way" },
    about: {
      da: "Fem gensendelser ad gangen. Vent, til en er færdig, eller stop en.",
      en: "Five at a time. Wait until one has ended, or stop one.",
    },
  },
  "too-many-messages": {
    status: 400,
    title: { da: "For mange breve på én gang", en: "Too many messages at once" },
    about: {
      da: "Højst 10.000 breve sendes igen ad gangen. Del dem op, for eksempel efter dato.",
      en: "At most 10,000 messages are sent again at once. Divide them, by date for instance.",
    },
  },
  "range-not-satisfiable": {
    status: 416,
    title: { da: "Den del af filen findes ikke", en: "There is no such part of the file" },
    about: {
      da: "Range ligger uden for filen. Content-Range siger, hvor lang den er.",
      en: "Range is outside the file. Content-Range says how long it is.",
    },
  },
  "offset-gone": {
    status: 410,
    title: { da: "Feedet fortsætter ikke efter dette sted", en: "The feed does not go on after this offset" },
    about: {
      da: "Databasen er gendannet fra en ældre kopi, og det, der er læst efter begin, gælder ikke længere. Fortsæt med after=begin; i ændringsfeedet hentes først udtrækket i snapshot.",
      en: "The database was restored from an older copy, and what was read after begin no longer holds. Go on with after=begin; in the change feed load the snapshot named in snapshot first.",
    },
  },
};
