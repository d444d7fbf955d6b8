// The first calls of a newcomer, by a client made from the gateway's own description: its paths, parameters and answers are typed.
// Make it: npm install openapi-fetch && npx openapi-typescript http://127.0.0.1:8080/openapi.json -o examples/sor-api.ts
// Run: GATEWAY=http://127.0.0.1:8080 KEY=sor_… GLN=5790000… LETTER=letter.edi node examples/typescript-client.ts
import { readFile } from "node:fs/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./sor-api.ts";

const { GATEWAY = "http://127.0.0.1:8080", KEY = "", GLN: gln = "", LETTER = "letter.edi" } = process.env;
const client = createClient<paths>({ baseUrl: GATEWAY, headers: { authorization: `Bearer ${KEY}` } });

type Problem = components["schemas"]["Problem"];

/** What was answered; throws a refusal with its code and the places in what was sent. */
function answered<Data>({ data, error }: { data?: Data; error?: Problem }): Data {
  if (error) throw new Error(`${error.code}: ${error.title} ${JSON.stringify(error.errors ?? [])}`);
  if (data === undefined) throw new Error("nothing was answered");
  return data;
}

// Where is a discharge letter for this location number sent?
const messageType = "DIS91";
const question = { path: { gln, messageType } };
const route = answered(await client.GET("/v1/routes/{gln}/{messageType}", { params: question }));
console.log("route", route.messageType, route.version, route.endpoint.transport);

const own = answered(await client.GET("/v1/endpoints"));
console.log("endpoints", own.items.length);

// Read what is registered with its version, change it, try that, and save it under the version that was read.
const location = "/v1/locations/{gln}/message-types";
const read = await client.GET(location, { params: { path: { gln } } });
const { registrations } = answered(read);
console.log("registrations", registrations.length);
const isSent = registrations.some((one) => one.direction === "send" && one.messageType === messageType);
const sends = { messageType, version: route.version, direction: "send" as const };
const wanted = isSent ? registrations : [...registrations, sends];
const header = { "If-Match": read.response.headers.get("etag") ?? "" };
const save = async (dryRun: "true" | "false") =>
  await client.PUT(location, {
    params: { path: { gln }, query: { dryRun }, header },
    body: { registrations: wanted },
  });
console.log("would change", answered(await save("true")).changes.length);
console.log("changed", answered(await save("false")).changes.length);

// The bytes go as they are. Their character set is the one that the letter names, here ISO 8859-1.
const sent = await client.POST("/v1/interchanges", {
  headers: { "content-type": "application/edifact" },
  params: { header: { "idempotency-key": crypto.randomUUID() } },
  body: await readFile(LETTER, "latin1"),
  bodySerializer: (text) => Buffer.from(text, "latin1"),
});
for (const { reference, state } of answered(sent).messages) console.log("sent", reference, state);

// Take what waits, keep it, then acknowledge it.
const mailbox = "/v1/mailboxes/{gln}/messages";
const waiting = answered(await client.GET(mailbox, { params: { path: { gln }, query: { limit: 10 } } }));
for (const { id, sizeBytes } of waiting.items) {
  const params = { path: { gln, id } };
  const got = await client.GET("/v1/mailboxes/{gln}/messages/{id}", { params, parseAs: "arrayBuffer" });
  const bytes = answered(got);
  if (bytes.byteLength !== sizeBytes) throw new Error("some bytes are missing");
  const taken = await client.POST("/v1/mailboxes/{gln}/messages/$ack", {
    params: { path: { gln } },
    body: { ids: [id] },
  });
  console.log("acknowledged", answered(taken).acknowledged.length);
}
