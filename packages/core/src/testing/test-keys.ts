import { holdKeyring, readKeyList } from "../vault/index.ts";

const keyOf = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;

/** The key settings of tests, for a process started by a test. */
export const testKeys = { PAYLOAD_KEY: keyOf("test", 1), INDEX_KEY: keyOf("test", 2) };

holdKeyring({
  payload: readKeyList(testKeys.PAYLOAD_KEY, "PAYLOAD_KEY"),
  index: readKeyList(testKeys.INDEX_KEY, "INDEX_KEY"),
});
