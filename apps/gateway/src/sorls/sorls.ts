import { childOf, element, type XmlElement, type XmlTree } from "@sor/core/markup";
import { SearchQuestion } from "@sor/core/organisations";
import type { Context } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import type { Limiter } from "../http/limits.ts";
import { soapDoor } from "../soap/door.ts";
import { SoapFault } from "../soap/soap-fault.ts";
import {
  getEntities,
  type Looked,
  mapShakToSor,
  mapSorToShak,
  searchEntities,
  type Values,
} from "./read-entities.ts";
import { namespace, sorlsWsdl } from "./wsdl.ts";

const searchedMax = 200;
const levels = { IE: "owner", SI: "institution", OE: "unit" } as const;

const textOf = (asked: XmlTree, name: string): string | undefined =>
  childOf(asked, name, namespace)?.text.trim() || undefined;

function neededText(asked: XmlTree, name: string): string {
  const text = textOf(asked, name);
  if (text === undefined || text.length > 200)
    throw new SoapFault("syntax_error", `${name} is missing or too long`);
  return text;
}

/** The day asked about; xs:date may have a zone, which does not change the day that is meant. */
function dayOf(asked: XmlTree): string | undefined {
  const text = textOf(asked, "Date");
  if (text === undefined) return undefined;
  const day = text.replace(/(?:Z|[+-]\d\d:\d\d)$/, "");
  if (!isDay(day)) throw new SoapFault("syntax_error", "Date is not a day, YYYY-MM-DD");
  return day;
}

function isDay(text: string): boolean {
  const instant = Date.parse(`${text}T00:00:00Z`);
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text) || Number.isNaN(instant)) return false;
  return new Date(instant).toISOString().startsWith(text);
}

const entityElement = (name: string, values: Values): XmlElement =>
  element(
    name,
    Object.entries(values).map(([each, value]) => element(each, value)),
  );

function answered<Value>(c: Context<AppEnv>, { sequence, value }: Looked<Value>): Value {
  c.header("Register-Sequence", String(sequence));
  return value;
}
const response = (name: string, children: readonly (XmlElement | undefined)[]) =>
  element(`${name}Response`, children, { xmlns: namespace });

async function search(c: Context<AppEnv>, asked: XmlTree): Promise<XmlElement> {
  const [level, most] = [textOf(asked, "SorType"), textOf(asked, "MaxResults") ?? "25"];
  if (level !== undefined && !Object.hasOwn(levels, level))
    throw new SoapFault("syntax_error", "SorType is IE, SI or OE");
  if (!/^\d{1,9}$/.test(most)) throw new SoapFault("syntax_error", "MaxResults is a number");
  const parsed = SearchQuestion.safeParse({
    ...{ q: neededText(asked, "Query"), level: level && levels[level as keyof typeof levels] },
    ...{ typeCode: textOf(asked, "EntityTypeId"), limit: Math.min(Math.max(Number(most), 1), searchedMax) },
  });
  if (!parsed.success) throw new SoapFault("syntax_error", "EntityTypeId is a code of SOR");
  const found = answered(c, await searchEntities(c.var.ctx, { day: dayOf(asked), question: parsed.data }));
  return response("Search", [
    ...found.entities.map((values) => entityElement("SorEntity", values)),
    element("IsComplete", String(found.isComplete)),
  ]);
}

/** Lookups as SORLS has them, in SOAP 1.1 and 1.2. */
export const sorls = (deps: Deps, limiter: Limiter) =>
  soapDoor(deps, limiter, {
    ...{ path: "/sorls", versions: ["1.1", "1.2"], wsdl: sorlsWsdl, namespace },
    operations: {
      GetSorEntityRequest: async (c, asked) => {
        const sorIds = [neededText(asked, "SorIdentifier")];
        const found = answered(c, await getEntities(c.var.ctx, { sorIds, day: dayOf(asked) }));
        return response(
          "GetSorEntity",
          found.map((values) => entityElement("SorEntity", values)),
        );
      },
      SearchRequest: search,
      ShakSorMapRequest: async (c, asked) => {
        const shakId = neededText(asked, "ShakIdentifier").toUpperCase();
        const found = answered(c, await mapShakToSor(c.var.ctx, { shakId, day: dayOf(asked) }));
        return response(
          "ShakSorMap",
          found.map((values) => entityElement("SorEntity", values)),
        );
      },
      SorShakMapRequest: async (c, asked) => {
        const sorId = neededText(asked, "SorIdentifier");
        const found = answered(c, await mapSorToShak(c.var.ctx, { sorId, day: dayOf(asked) }));
        return response(
          "SorShakMap",
          found.map((values) => entityElement("Shak", values)),
        );
      },
    },
  });
