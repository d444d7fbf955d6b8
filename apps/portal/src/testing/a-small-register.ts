import { type Context, createContext, type Database } from "@sor/core";

import { createEndpoint, createSupplier, createSystem } from "@sor/core/endpoints";
import { completeGln, Gln, makeSorId } from "@sor/core/identifiers";
import { addRegistration } from "@sor/core/message-types";
import { refreshSearchTexts } from "@sor/core/organisations";
import { anOrganisation, registerLocation } from "@sor/core/testing";

const now = new Date("2026-06-15T12:00:00Z");
export const sorIds = {
  owner: makeSorId(900001),
  clinic: makeSorId(900002),
  doctor: makeSorId(900003),
  closed: makeSorId(900004),
};
export const glns = { clinic: completeGln("579000099001"), shared: completeGln("579000099002") };

/** An institution owner with a clinic, whose doctor inherits its location number and address, and a closed unit. */
export async function aSmallRegister(db: Database): Promise<Context> {
  const postalAddress = { street: "Søndergade", building: "7", postCode: "8000", district: "Aarhus C" };
  await anOrganisation(db, { sorId: sorIds.owner, level: "owner", name: "Region Prøveland", postalAddress });
  const clinic = {
    level: "institution" as const,
    parentSorId: sorIds.owner,
    name: "Klinikken på Ærø",
    gln: glns.clinic,
  };
  await anOrganisation(db, { sorId: sorIds.clinic, ...clinic, cvr: "12669232" });
  const doctor = {
    level: "unit" as const,
    parentSorId: sorIds.clinic,
    name: "Læge Åse Øst",
    glnInherited: true,
  };
  await anOrganisation(db, { sorId: sorIds.doctor, ...doctor, providerNumber: "042897" });
  const closed = {
    level: "unit" as const,
    parentSorId: sorIds.clinic,
    name: "Nedlagt Afsnit",
    gln: glns.shared,
  };
  await anOrganisation(db, { sorId: sorIds.closed, ...closed, validTo: "2024-01-01" });
  await db.transaction((tx) =>
    refreshSearchTexts(tx, [sorIds.owner], { reach: "subtree", today: "2026-06-15" }),
  );
  const ctx = createContext(db, { kind: "system", job: "test" }, now);
  await registerEdi(ctx);
  return createContext(db, { kind: "anonymous" }, now);
}

async function registerEdi(ctx: Context): Promise<void> {
  const supplier = await createSupplier(ctx, {
    sorCode: null,
    name: "Prøve-it",
    email: null,
    telephone: null,
  });
  const system = await createSystem(ctx, {
    supplierId: supplier.id,
    sorCode: null,
    name: "Journalen",
    version: "4",
  });
  const { endpoint } = await createEndpoint(ctx, {
    supplierId: supplier.id,
    systemId: system.id,
    name: "Postkassen",
    transport: "mailbox",
    address: null,
    mimeTypes: [],
    technicalContact: null,
  });
  const fields = { systemId: system.id, supplierId: supplier.id, onlyInternal: false, nonActive: false };
  const rest = {
    netOperatorCode: null,
    regionCode: null,
    ediAdministrator: null,
    note: null,
    successorGln: null,
  };
  const gln = Gln.parse(glns.clinic);
  await registerLocation(ctx, {
    gln,
    validFrom: "2020-01-01",
    validTo: null,
    fields: { ...fields, ...rest },
  });
  await addRegistration(ctx, {
    gln,
    messageType: "DIS91",
    version: "D9134L",
    direction: "receive",
    endpointId: endpoint.id,
    validFrom: null,
    validTo: null,
  });
}
