import { childOf, element, type XmlElement, type XmlTree } from "@sor/core/markup";
import { readRegister } from "@sor/core/register-log";
import type { Context } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import type { Limiter } from "../http/limits.ts";
import { newRouter } from "../http/router.ts";
import { soapDoor } from "../soap/door.ts";
import { SoapFault } from "../soap/soap-fault.ts";
import { findDatatype } from "./datatypes.ts";
import { feedElement, readOffset } from "./feed.ts";
import { krsWsdl, services } from "./wsdl.ts";

const recordsMax = 2000;
const idsMax = 5000;

type FaultUrn =
  | "invalid-history-offset"
  | "unknown-view"
  | "io-error"
  | "unauthorized-access"
  | "internal-error";
type Service = (typeof services)[keyof typeof services];

const detail = (namespace: string, urn: FaultUrn): XmlElement =>
  element("ReplicationFault", `urn:stamdata:${urn}`, { xmlns: namespace });

const urnOfStatus = (status: number): FaultUrn | undefined => {
  if (status === 401 || status === 403) return "unauthorized-access";
  if (status === 503) return "io-error";
  return status >= 500 ? "internal-error" : undefined;
};

/** The register as KRS gives it to those who keep a copy: `replicate`, for all records (KRS) or for some (RFS). */
export function krs(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  for (const service of Object.values(services)) {
    const { namespace, path } = service;
    const door = soapDoor(deps, limiter, {
      ...{ path, namespace, versions: ["1.1"], wsdl: (address: string) => krsWsdl(service, address) },
      operations: { ReplicationRequest: (c, asked) => replicate(c, asked, service) },
      detailOf: (status) => {
        const urn = urnOfStatus(status);
        return urn && detail(namespace, urn);
      },
    });
    app.route("/", door);
  }
  return app;
}

function refuse(namespace: string, urn: FaultUrn): never {
  throw new SoapFault("processing_problem", `urn:stamdata:${urn}`, { detail: detail(namespace, urn) });
}

type Request = {
  register: string;
  datatype: string;
  registerVersion: number | undefined;
  offset: string;
  limit: number;
  ids: string[] | undefined;
};

function readRequest(asked: XmlTree, { namespace, takesIds }: Service): Request {
  const text = (name: string) => childOf(asked, name, "", namespace)?.text.trim();
  const needed = (name: string) => {
    const value = text(name);
    if (!value || value.length > 60) throw new SoapFault("syntax_error", `${name} is missing or too long`);
    return value;
  };
  const number = (name: string) => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,10}$/.test(value)) throw new SoapFault("syntax_error", `${name} is not a number from 0`);
    return Number(value);
  };
  const list = takesIds ? childOf(asked, "idList", "", namespace)?.children : undefined;
  const ids = list?.filter(({ name }) => name === "id").map((id) => id.text.trim().slice(0, 60));
  if (takesIds && (!ids || ids.length === 0 || ids.length > idsMax))
    throw new SoapFault("syntax_error", `idList has 1 to ${idsMax} elements id`);
  const version = number("version");
  if (version === undefined) throw new SoapFault("syntax_error", "version is missing");
  return {
    ...{
      register: needed("register"),
      datatype: needed("datatype"),
      registerVersion: number("registerVersion"),
      ids,
    },
    ...{ offset: needed("offset"), limit: Math.min(number("maxRecords") ?? recordsMax, recordsMax) },
  };
}

async function replicate(c: Context<AppEnv>, asked: XmlTree, service: Service): Promise<XmlElement> {
  const { namespace } = service;
  const { register, datatype: name, registerVersion, offset, limit, ids } = readRequest(asked, service);
  const datatype = findDatatype(register, name, registerVersion);
  if (!datatype) refuse(namespace, "unknown-view");
  const after = readOffset(offset);
  if (!after) refuse(namespace, "invalid-history-offset");
  return await readRegister(c.var.ctx, async (reading) => {
    const isBeginning = after.every((part) => part === 0);
    if (!isBeginning && !(await datatype.knows(reading, after))) refuse(namespace, "invalid-history-offset");
    const records = await datatype.read(reading, { after, limit, subjects: ids });
    c.header("Register-Sequence", String(reading.sequence));
    return element("ReplicationResponse", [feedElement(datatype, records, reading.now)], {
      xmlns: namespace,
    });
  });
}
