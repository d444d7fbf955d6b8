/** One MedCom message type in its EDIFACT and XML forms; a version pair is [EDIFACT, XML], null where a form does not exist. */
export type CatalogueRow = {
  readonly unh: string;
  readonly code: string;
  /** Set where the XML type is not X followed by the EDIFACT type. */
  readonly xmlCode?: string;
  readonly da: string;
  readonly en: string;
  readonly current: VersionPair;
  readonly earlier?: readonly VersionPair[];
};

export type VersionPair = readonly [edifact: string | null, xml: string | null];

type Row = readonly [
  code: string,
  da: string,
  en: string,
  current: VersionPair,
  earlier?: readonly VersionPair[],
];

const rows = (unh: string, list: readonly Row[]): CatalogueRow[] =>
  list.map(([code, da, en, current, earlier = []]) => ({ unh, code, da, en, current, earlier }));

const xmlOnly = (unh: string, list: readonly (readonly [string, string, string, string, string[]?])[]) =>
  list.map(([xmlCode, da, en, version, earlier = []]): CatalogueRow => {
    const pairs = earlier.map((old): VersionPair => [null, old]);
    return { unh, code: xmlCode, xmlCode, da, en, current: [null, version], earlier: pairs };
  });

const discharge = rows("MEDDIS", [
  ["DIS01", "Udskrivningsepikrise", "Discharge letter", ["D0134L", "XD0134L"], [["D0133L", "XD0133L"]]],
  ["DIS02", "Ambulantepikrise", "Outpatient discharge letter", ["D0234L", "XD0234L"], [[null, "XD0233L"]]],
  ["DIS03", "Skadestueepikrise", "Casualty ward letter", ["D0334L", "XD0334L"], [["D0333L", "XD0333L"]]],
  ["DIS05", "Billeddiagnostisk epikrise", "Radiology report", ["D0533L", "XD0533L"]],
  ["DIS06", "Lægevagtsepikrise", "Out-of-hours doctor's letter", ["D0633L", "XD0633L"]],
  ["DIS07", "Speciallægeepikrise", "Specialist letter", ["D0733L", "XD0733L"]],
  ["DIS08", "Fysioterapiepikrise", "Physiotherapy letter", ["D0833L", "XD0833L"]],
  ["DIS09", "Kiropraktorepikrise", "Chiropractor letter", ["D0933L", null]],
  ["DIS10", "Psykologepikrise", "Psychologist letter", ["D1034L", "XD1034L"], [[null, "XD1033L"]]],
  ["DIS13", "Bookingsvar", "Booking confirmation", ["D1333L", "XD1333L"]],
  ["DIS14", "Indlæggelsessvar", "Answer of admission", ["D1431C", "XD1431C"]],
  ["DIS15", "Kommuneafslutningsnotat", "Municipal closing note", [null, "XD1530L"]],
  ["DIS16", "Indlæggelsesrapport", "Report of admission", ["D1630C", "XD1634C"], [[null, "XD1630C"]]],
  ["DIS17", "Udskrivningsadvis", "Notification of discharge", ["D1730C", "XD1730C"]],
  ["DIS18", "Udskrivningsrapport", "Report of discharge", ["D1830C", "XD1834C"], [[null, "XD1830C"]]],
  [
    "DIS19",
    "Varsling af færdigbehandling",
    "Warning of discharge",
    ["D1930C", "XD1934C"],
    [[null, "XD1930C"]],
  ],
  ["DIS20", "Indlæggelsesadvis", "Notification of admission", ["D2030C", "XD2030C"]],
  ["DIS21", "Plejeforløbsplan", "Plan of care", [null, "XD2134C"]],
  [
    "DIS22",
    "Afslutningsnotat fra kommunens akutfunktion",
    "Closing note from the municipal acute team",
    [null, "XD2230L"],
  ],
  ["DIS32", "Fødselsanmeldelse", "Birth notification", ["D3233L", "XD3234L"]],
  ["DIS90", "Administrativt korrespondancebrev", "Administrative e-mail", ["D9034L", "XD9034L"]],
  ["DIS91", "Korrespondancebrev", "Clinical e-mail", ["D9134L", "XD9134L"], [[null, "XD9133L"]]],
  ["DIS95", "Hjemmeplejestatus", "Home care status", ["D9530C", null]],
]);

const referrals = rows("MEDREF", [
  ["REF01", "Sygehushenvisning", "Hospital referral", ["H0131R", "XH0131R"], [["H0130R", "XH0130R"]]],
  ["REF02", "Billeddiagnostisk henvisning", "X-ray request", ["H0231R", "XH0231R"], [["H0230R", "XH0230R"]]],
  ["REF06", "Speciallægehenvisning", "Specialist referral", ["H0631R", "XH0630R"], [["H0630R", null]]],
  [
    "REF07",
    "Fysioterapihenvisning",
    "Physiotherapy referral",
    ["H0732R", "XH0732R"],
    [
      ["H0731R", "XH0731R"],
      [null, "XH0730R"],
    ],
  ],
  ["REF08", "Fodterapihenvisning", "Chiropody referral", ["H0831R", null]],
  ["REF10", "Psykologhenvisning", "Psychologist referral", ["H1031R", "XH1030R"]],
  ["REF12", "Øfeldthenvisning", "Referral to the Øfeldt centre", ["H1230R", "XH1230R"]],
  ["REF15", "Kommunehenvisning", "Municipal referral", [null, "XH1530R"]],
  [
    "REF22",
    "Henvisning til kommunens akutfunktion",
    "Referral to the municipal acute team",
    [null, "XH2230R"],
  ],
]);

const laboratory = [
  ...rows("MEDRPT", [
    ["RPT01", "Laboratoriesvar", "Laboratory report", ["R0131K", "XR0131K"], [["R0130K", "XR0130K"]]],
    ["RPT02", "Mikrobiologisvar", "Microbiology report", ["R0231M", "XR0230M"]],
    ["RPT02", "Mikrobiologisvar", "Microbiology report", [null, "XR0231M"]],
    ["RPT03", "Cervixcytologisvar", "Cervix cytology report", ["R0331P", "XR0331P"], [[null, "XR0330P"]]],
    [
      "RPT04",
      "Patologisvar",
      "Histopathology report",
      ["R0432P", "XR0432P"],
      [
        ["R0430P", "XR0430P"],
        [null, "XR0431P"],
      ],
    ],
    [
      "RPT05",
      "Mikrobiologisvar (web)",
      "Microbiology web report",
      [null, "XR0532M"],
      [
        [null, "XR0531M"],
        [null, "XR0530M"],
      ],
    ],
    ["RPT06", "Mikrobiologisvar til MiBa", "Microbiology report to MiBa", [null, "XR0630M"]],
    ["RPT07", "Genetiksvar", "Genetics report", [null, "XR0730G"]],
    ["RPT01", "Årlig fodstatus for diabetikere", "Diabetic foot status", [null, "XR0130F"]],
  ]),
  ...rows("MEDREQ", [
    ["REQ01", "Laboratorierekvisition", "Laboratory request", ["Q0131K", "XQ0131K"], [["Q0130K", "XQ0130K"]]],
    ["REQ02", "Mikrobiologirekvisition", "Microbiology request", ["Q0230M", "XQ0230M"]],
    ["REQ03", "Patologirekvisition", "Pathology request", ["Q0330P", "XQ0330P"]],
    ["REQ03", "Patologirekvisition", "Pathology request", [null, "XQ0331P"]],
    [
      "REQ04",
      "Mikrobiologirekvisition med flere prøver",
      "Multi-sample microbiology request",
      [null, "XQ0430M"],
    ],
  ]),
  ...rows("PRODAT", [
    [
      "DAO01",
      "KKA analyserepertoire",
      "Laboratory analysis file",
      ["A0138Z", "XA0140Z"],
      [
        [null, "XA0139Z"],
        [null, "XA0138Z"],
        [null, "XA0137Z"],
        [null, "XA0135Z"],
        [null, "XA0132Z"],
      ],
    ],
    ["DAR05", "MDS-repertoire", "MDS repertoire", [null, "XD0132Z"]],
  ]),
];

const medication = rows("MEDPRE", [
  ["PRE01", "Recept", "Prescription", ["LMS016", "XLMS016"], [[null, "XLMS015"]]],
  ["PRE60", "System-receptfornyelse", "Prescription renewal request", ["R6031W", "XR6031W"]],
]);

const binary = rows("MEDBIN", [
  ["BIN01", "Binær dokumenttransport", "Binary letter", ["B0131X", "XB0131X"], [["B0130X", "XB0130X"]]],
  [
    "BIN02",
    "Binær dokumenttransport til bilag for alle henvisningstyper",
    "Binary attachment to any referral",
    ["B0210X", "XB0210X"],
  ],
]);

const invoices = rows("MEDRUC", [
  ["RUC01", "Lægeafregning", "General practitioner invoice", ["U0131U", "XU0131U"]],
  ["RUC02", "Speciallægeafregning", "Specialist invoice", ["U0231U", "XU0231U"]],
  ["RUC03", "Tandlægeafregning", "Dentist invoice", ["U0332U", "XU0332U"], [[null, "XU0331U"]]],
  ["RUC04", "Fysioterapiafregning", "Physiotherapy invoice", ["U0432U", "XU0432U"]],
  ["RUC05", "Apoteksafregning", "Pharmacy invoice", ["U0531U", null]],
  ["RUC06", "Kiropraktorafregning", "Chiropractor invoice", ["U0631U", "XU0631U"]],
  ["RUC07", "Laboratorieafregning", "Laboratory invoice", ["U0731U", "XU0731U"]],
  ["RUC08", "Lægevagtsafregning", "Out-of-hours doctor's invoice", ["U0831U", "XU0831U"]],
  ["RUC09", "Danmarksafregning", "Invoice to the insurer “danmark”", ["U0935U", null]],
  ["RUC10", "Psykologafregning", "Psychologist invoice", ["U1031U", "XU1031U"]],
  ["RUC11", "Fodterapeutafregning", "Chiropody invoice", ["U1131U", "XU1131U"]],
]);

const patientData = rows("MEDPID", [
  ["PID01", "Triggermeddelelse", "Trigger message", ["I0130D", null]],
  ["PID02", "Personstamdatameddelelse", "Person master data", ["I0230D", null]],
  ["PID03", "Patientstamdatameddelelse", "Patient master data", ["I0330D", null]],
  ["PID04", "Cavemeddelelse", "Allergy warning", ["I0430D", null]],
  ["PID05", "Vedvarende helbredsforhold", "Lasting health conditions", ["I0530D", null]],
]);

const receipts = rows("CONTRL", [
  ["CTL01", "Negativ VANS-kvittering", "Negative VANS receipt", ["C0130Q", "XC0130Q"]],
  ["CTL02", "Negativ kvittering", "Negative receipt", ["C0230Q", "XC0230Q"]],
  ["CTL03", "Positiv kvittering", "Positive receipt", ["C0330Q", "XC0330Q"]],
]);

const forms = xmlOnly("XML", [
  ["FS3X100", "FSIII udvekslingsdatasæt", "FSIII data exchange set", "DTAX100"],
  ["DGOP", "Genoptræningsplan (DGOP)", "Rehabilitation plan (DGOP)", "D1GOP1.0"],
  ["GGOP", "Genoptræningsplan (GGOP)", "Rehabilitation plan (GGOP)", "GGOP100"],
  ["XLA121", "Anmodning om statusattest (LÆ121)", "Request for status certificate (LÆ121)", "XLA1211203A"],
  ["XLA125", "Statusattest (LÆ125)", "Status certificate (LÆ125)", "XLA1251001A"],
  [
    "XLA141",
    "Anmodning om generel helbredsattest (LÆ141)",
    "Request for general health certificate (LÆ141)",
    "XLA1411203A",
  ],
  ["XLA145", "Generel helbredsattest (LÆ145)", "General health certificate (LÆ145)", "XLA1451001A"],
  [
    "XLA165",
    "Forslag om socialmedicinsk sagsbehandling (LÆ165)",
    "Proposal of social-medical case work (LÆ165)",
    "XLA1651001A",
  ],
  [
    "XLA201",
    "Anmodning om attest vedrørende uarbejdsdygtighed (LÆ201)",
    "Request for certificate of incapacity for work (LÆ201)",
    "XLA2011001A",
  ],
  [
    "XLA205",
    "Attest vedrørende uarbejdsdygtighed (LÆ205)",
    "Certificate of incapacity for work (LÆ205)",
    "XLA2051001A",
  ],
  [
    "XLA211",
    "Anmodning om attest vedrørende socialmedicinsk opfølgning (LÆ211)",
    "Request for certificate of social-medical follow-up (LÆ211)",
    "XLA2111001A",
  ],
  [
    "XLA215",
    "Attest vedrørende socialmedicinsk opfølgning (LÆ215)",
    "Certificate of social-medical follow-up (LÆ215)",
    "XLA2151001A",
  ],
  ["XMIT01", "Kronikerdatasæt", "Chronic disease data set", "XMC001A"],
  ["XI0001", "Diabetesrapport", "Diabetes report", "XI0002D", ["XI0001D"]],
]);

/** The MedCom message types in EDIFACT and XML, listed or known from MedCom's schemas and samples. */
export const catalogueRows: readonly CatalogueRow[] = [
  ...discharge,
  ...referrals,
  ...laboratory,
  ...medication,
  ...binary,
  ...invoices,
  ...patientData,
  ...receipts,
  ...forms,
];

/** Current versions that MedCom's schemas or samples define but that the national list of message definitions omits. */
export const notOnNationalList: ReadonlySet<string> = new Set([
  ...["XD1034L", "XR0231M", "XR0630M", "XR0730G", "XR0130F", "Q0230M", "XQ0230M", "XQ0331P", "XQ0430M"],
  ...["XD0132Z", "XH1230R", "XU0131U", "XU0231U", "XU0332U", "XU0432U", "XU0631U", "XU0731U", "XU0831U"],
  ...["XU1031U", "XU1131U", "XLA1211203A", "XLA1251001A", "XLA1411203A", "XLA1451001A", "XLA1651001A"],
  ...["XLA2011001A", "XLA2051001A", "XLA2111001A", "XLA2151001A", "XMC001A", "XI0002D"],
]);
