import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newKeyText } from "../access/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { Country } from "./country.ts";
import { systemsInOrder, vendors } from "./vendors.ts";

type Login = { username: string; password: string };

/** What `demo-accounts.json` holds: everything needed to try the system. */
export type DemoAccounts = {
  portal: { authority: Login; region: Login; vendors: (Login & { vendor: string })[] };
  gateway: {
    keys: { key: string; vendor: string; sendsFrom: string[] }[];
    example: { sender: string; receiver: string; messageType: string; version: string };
  };
};

const usernames = ["nordlys", "fjordsoft", "kysthav", "lyngdal"];
const sendersListed = 20;

function newLogin(username: string): Login {
  return { username, password: randomBytes(15).toString("base64url") };
}

/** The vendor's location numbers that are open on that day, those of the example first. */
function openGlns(country: Country, vendorIndex: number, today: string): string[] {
  const own = country.locations.filter(
    (location) =>
      systemsInOrder[location.systemIndex]?.vendorIndex === vendorIndex &&
      location.validFrom <= today &&
      (location.validTo === null || today < location.validTo),
  );
  const isExample = (gln: string) => gln === country.example.sender || gln === country.example.receiver;
  return own
    .map((location) => location.gln)
    .sort((a, b) => Number(isExample(b)) - Number(isExample(a)))
    .slice(0, sendersListed);
}

function inventAccounts(country: Country, now: Date): DemoAccounts {
  return {
    portal: {
      authority: newLogin("registermyndighed"),
      region: newLogin("region-nordkyst"),
      vendors: vendors.map((vendor, i) => ({
        ...newLogin(usernames[i] ?? `vendor${i + 1}`),
        vendor: vendor.name,
      })),
    },
    gateway: {
      keys: vendors.map((vendor, i) => ({
        key: newKeyText(),
        vendor: vendor.name,
        sendsFrom: openGlns(country, i, dayInDenmark(now)),
      })),
      example: { ...country.example, messageType: "DIS91", version: "D9134L" },
    },
  };
}

/**
 * The accounts of this installation: read from `DATA_DIR/demo-accounts.json`, or made at random and written there
 * (mode 0600) before any of them exists, so that a start cut short goes on with the same ones.
 */
export async function demoAccountsIn(dataDir: string, country: Country, now: Date): Promise<DemoAccounts> {
  const path = join(dataDir, "demo-accounts.json");
  try {
    return JSON.parse(await readFile(path, "utf8")) as DemoAccounts;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const accounts = inventAccounts(country, now);
  await writeFile(`${path}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return accounts;
}
