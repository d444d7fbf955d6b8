type MailWords = {
  prefix: string;
  /** After the number of articles in one mail. */
  several: string;
  why: string;
  confirm: { subject: string; asked: string; what: string; ignore: string };
};

const da = {
  what: "Åbn siden, og tryk på knappen. Linket gælder i 48 timer. Er adressen tilmeldt i forvejen, ændres intet, før der er trykket.",
  ignore: "Var det ikke dig, så gør ingenting. Der sendes ikke mere, og adressen slettes inden for en uge.",
};
const en = {
  what: "Open the page, and press the button. The link works for 48 hours. If the address is subscribed already, nothing changes until the button is pressed.",
  ignore: "If it was not you, do nothing. Nothing more is sent, and the address is deleted within a week.",
};

/** What mails about news and the newsletter say around the articles. */
export const mailWords: Readonly<Record<"news" | "newsletter", Readonly<Record<"da" | "en", MailWords>>>> = {
  news: {
    da: {
      prefix: "[SOR nyt]",
      several: "nyheder",
      why: "I får denne mail, fordi adressen er tilmeldt nyheder fra SOR. Med linkene herunder kan I ændre, hvor ofte I får mail, eller afmelde adressen.",
      confirm: {
        subject: "Bekræft, at du vil have nyheder",
        asked: "Nogen har bedt om at få nyheder om SOR sendt til denne adresse.",
        ...da,
      },
    },
    en: {
      prefix: "[SOR news]",
      several: "articles",
      why: "You get this mail because the address is subscribed to news from SOR. Use the links below to change how often you get mail, or to unsubscribe.",
      confirm: {
        subject: "Confirm that you want news",
        asked: "Somebody has asked for news about SOR to be sent to this address.",
        ...en,
      },
    },
  },
  newsletter: {
    da: {
      prefix: "[SOR nyhedsbrev]",
      several: "nyheder",
      why: "I får denne mail, fordi adressen er tilmeldt nyhedsbrevet om SOR. Med linkene herunder kan I afmelde adressen, eller vælge et andet sprog.",
      confirm: {
        subject: "Bekræft, at du vil have nyhedsbrevet",
        asked: "Nogen har bedt om at få nyhedsbrevet om SOR sendt til denne adresse.",
        ...da,
      },
    },
    en: {
      prefix: "[SOR newsletter]",
      several: "articles",
      why: "You get this mail because the address is subscribed to the newsletter about SOR. Use the links below to unsubscribe, or to choose another language.",
      confirm: {
        subject: "Confirm that you want the newsletter",
        asked: "Somebody has asked for the newsletter about SOR to be sent to this address.",
        ...en,
      },
    },
  },
};
