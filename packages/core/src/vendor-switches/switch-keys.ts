import { randomBytes } from "node:crypto";
import { hashSecret } from "../access/index.ts";
import { SwitchKey } from "./schemas.ts";

const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const groups = 8;
const ofGroup = 4;
const daysValid = 14;

/** A one-time key of 160 random bits in groups of four, without letters that are mistaken for others; its hash, and its end. */
export function newSwitchKey(now: Date): { key: string; keyHash: string; keyExpiresAt: Date } {
  const letters = [...randomBytes(groups * ofGroup)].map((byte) => alphabet[byte % alphabet.length]);
  const key = Array.from({ length: groups }, (_, at) =>
    letters.slice(at * ofGroup, (at + 1) * ofGroup).join(""),
  ).join("-");
  const keyExpiresAt = new Date(now.getTime() + daysValid * 86_400_000);
  return { key, keyHash: hashSecret(SwitchKey.parse(key)), keyExpiresAt };
}
