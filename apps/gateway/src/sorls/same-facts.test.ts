import { createContext } from "@sor/core";
import { datasets, readSource } from "@sor/core/datasets";
import { readXml, type XmlTree } from "@sor/core/markup";
import { readRegister } from "@sor/core/register-log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { activity, aServedRegister, type ServedRegister } from "../testing/a-served-register.ts";

let register: ServedRegister;
beforeAll(async () => {
  register = await aServedRegister();
});
afterAll(() => register.stop());

type Facts = {
  name: string;
  level: string;
  parent: string;
  shak: string;
  provider: string;
  gln: string;
  from: string;
};
const levels: Readonly<Record<string, string>> = { owner: "IE", institution: "SI", unit: "OE" };

function all(tree: XmlTree, name: string): XmlTree[] {
  return [...(tree.name === name ? [tree] : []), ...tree.children.flatMap((child) => all(child, name))];
}
async function soap(path: string, body: string, found: string): Promise<Record<string, string>[]> {
  const text = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
  const answer = await fetch(register.origin + path, {
    method: "POST",
    body: text,
    headers: { "Content-Type": "text/xml" },
  });
  const read = readXml(await answer.text(), { depthMax: 20, elementsMax: 100_000 });
  if ("fault" in read) throw new Error(read.fault);
  return all(read.tree, found).map(({ children }) =>
    Object.fromEntries(children.map((child) => [child.name, child.text])),
  );
}
const ofValues = (values: Record<string, string | undefined>): Facts => ({
  ...{ name: values.EntityName ?? "", level: values.SorType ?? "", parent: values.ParentSorId ?? "" },
  ...{ shak: values.ShakId ?? "", provider: values.ProviderId ?? "" },
  gln: values.EanLocationCodeState === "Own" ? (values.EanLocationCode ?? "") : "",
  from: values.FromDate ?? "",
});

type Door = (sorId: string, day: string) => Promise<Facts | undefined>;

const rest: Door = async (sorId, day) => {
  const answer = await fetch(`${register.origin}/v1/organisations/${sorId}?validAt=${day}`);
  if (!answer.ok) return undefined;
  const unit = (await answer.json()) as Record<string, string | null>;
  return {
    ...{ name: unit.name ?? "", level: levels[unit.level ?? ""] ?? "", parent: unit.parentSorId ?? "" },
    ...{
      shak: unit.shakCode ?? "",
      provider: unit.providerNumber ?? "",
      gln: unit.gln ?? "",
      from: unit.validFrom ?? "",
    },
  };
};
const sorlsDoor: Door = async (sorId, day) => {
  const asked = `<GetSorEntityRequest xmlns="urn:sor:sorls:1"><SorIdentifier>${sorId}</SorIdentifier><Date>${day}</Date></GetSorEntityRequest>`;
  const [found] = await soap("/sorls", asked, "SorEntity");
  return found && ofValues(found);
};
const inForce = (day: string) => (values: Record<string, string | undefined>) =>
  (values.FromDate ?? "") <= day && (!values.ToDate || values.ToDate >= day);
// A copy and a file hold everything: they are read once when all is edited.
const copies = new Map<string, Record<string, string | undefined>[]>();
const krsDoor: Door = async (sorId, day) => {
  const asked = `<k:ReplicationRequest xmlns:k="http://nsi.dk/2011/10/21/StamdataKrs/"><register>sor</register><datatype>SorEntity</datatype><version>1</version><offset>0</offset></k:ReplicationRequest>`;
  const rows =
    copies.get("krs") ??
    (await soap("/stamdata-batch-copy-ws/service/StamdataReplication", asked, "SorEntity"));
  copies.set("krs", rows);
  const known = rows.filter((row) => row.SorId === sorId && row.ValidTo?.startsWith("2999"));
  const found = known.find(inForce(day));
  return found && ofValues(found);
};
const file: Door = async (sorId, day) => {
  const lines: string[][] = [];
  const ctx = createContext(register.db, { kind: "system", job: "test" }, register.now);
  const dataset = datasets.units.find(({ name }) => name === "sor2-entities");
  if (!dataset) throw new Error("the file is gone");
  const writer = dataset.writer({ sequence: 1, position: "1", day, madeAt: register.now });
  let text = writer.begin();
  await readRegister(ctx, async ({ db }) => {
    for await (const batch of readSource.units(db, day)) for (const row of batch) text += writer.add(row);
  });
  for (const line of text.replace("\uFEFF", "").trimEnd().split("\r\n")) lines.push(line.split(";"));
  const [head = [], ...rows] = lines;
  const found = rows
    .map((row) => Object.fromEntries(row.map((value, at) => [head[at] ?? "", value])))
    .find((values) => values.SorId === sorId && inForce(day)(values));
  return found && ofValues(found);
};
const Reference = z.object({ reference: z.string() });
const FhirUnit = z.object({
  active: z.boolean(),
  name: z.string(),
  identifier: z.array(z.object({ system: z.string(), value: z.string() })),
  type: z.array(z.object({ coding: z.array(z.object({ code: z.string() })) })),
  partOf: Reference.optional(),
  endpoint: z.array(Reference).optional(),
});
/** FHIR tells of today: the clock goes to the day asked about. */
const fhirDoor: Door = async (sorId, day) => {
  const before = register.now;
  register.now = new Date(`${day}T10:00:00Z`);
  const answer = await fetch(`${register.origin}/fhir/Organization/${sorId}`);
  register.now = before;
  if (!answer.ok) return undefined;
  const unit = FhirUnit.parse(await answer.json());
  if (!unit.active) return undefined;
  const numbered = (system: string) => unit.identifier.find((each) => each.system === system)?.value ?? "";
  return {
    ...{
      name: unit.name,
      level: unit.type[0]?.coding[0]?.code ?? "",
      parent: unit.partOf?.reference.split("/")[1] ?? "",
    },
    ...{ shak: numbered("urn:sor:identifier:shak"), provider: numbered("urn:oid:1.2.208.176.1.4") },
    gln: unit.endpoint?.[0]?.reference.split("/")[1] ?? "",
    from: "",
  };
};

/** Numbers that follow from the seed, so that a failure can be repeated. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
}

test("whatever was edited, each door tells the same of a unit on a day, past, present and to come", async () => {
  const pick = numbersFrom(20_260_601);
  const made: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const attributes = {
      parentSorId: register.house,
      name: `Afsnit ${at}`,
      shakCode: `13010${30 + at}`,
      ...activity,
    };
    made.push(
      ...(await register.apply([
        { kind: "unit.create", sorId: "new:u", level: "unit", validFrom: "2026-01-01", attributes },
      ])),
    );
  }
  const days = ["2025-12-31", "2026-01-01", "2026-03-10", "2026-06-01", "2026-08-20", "2027-02-01"];
  for (let edit = 0; edit < 12; edit += 1) {
    const sorId = made[pick(made.length)] as string;
    const validFrom = days[1 + pick(days.length - 1)] as string;
    const attributes = [
      { name: `Navn ${edit}` },
      { providerNumber: String(100_000 + edit) },
      { shakCode: `13010${50 + edit}` },
      { parentSorId: register.ward },
    ][pick(4)];
    await register.apply([{ kind: "unit.change", sorId, validFrom, validTo: null, attributes }]);
  }
  for (const sorId of [register.owner, register.ward, ...made]) {
    for (const day of days) {
      const told = await rest(sorId, day);
      for (const [name, door] of Object.entries({ sorlsDoor, krsDoor, file }))
        expect([name, sorId, day, await door(sorId, day)]).toEqual([name, sorId, day, told]);
      expect(["fhir", sorId, day, await fhirDoor(sorId, day)]).toEqual([
        "fhir",
        sorId,
        day,
        told && { ...told, from: "" },
      ]);
    }
  }
});
