import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln, Gln } from "../identifiers/index.ts";
import { aLocation, anEndpoint, aVendor, testDatabase } from "../testing/index.ts";
import { now, plan, row, want } from "../testing/registration-plans.ts";
import { NewRegistration } from "./schemas.ts";
import { addRegistration, previewRegistrations } from "./set-registrations.ts";

const codes = (done: ReturnType<typeof plan>) =>
  done.problems.map(({ code, messageType }) => [code, messageType]);
const dis = want({ messageType: "DIS01", version: "D0134L" });
const xdis = want({ messageType: "XDIS01", version: "XD0133L", validFrom: null });

describe("what MedCom's rules say about a change", () => {
  test("EDIFACT and XML of a message in versions that do not belong together is a warning that names the pair", () => {
    const xreceipts = ["XCTL01 XC0130Q", "XCTL02 XC0230Q", "XCTL03 XC0330Q"].map((pair) => {
      const [messageType = "", version = ""] = pair.split(" ");
      return { messageType, version };
    });
    const held = [
      row({ messageType: "DIS01", version: "D0134L" }),
      ...xreceipts.map((each) => row({ ...each, format: "XML" })),
    ];
    const wanted = [dis, ...xreceipts.map(want)];
    const mixed = plan(held, [...wanted, xdis]);
    expect(mixed.problems.find(({ code }) => code === "version-pair")).toMatchObject({
      severity: "warning",
      messageType: "XDIS01",
      pairedWith: "DIS01 D0133L",
    });
    expect(codes(plan(held, [...wanted, { ...xdis, version: "XD0134L" }]))).toEqual([]);
    // Only one direction: what is sent says nothing about what is received.
    expect(codes(plan(held, [...wanted, { ...xdis, version: "XD0134L", direction: "send" }]))).toEqual([]);
  });

  test("ending a receipt that a type needs is a warning at that type, although the type is untouched", () => {
    const done = plan(
      [
        row({ messageType: "XDIS91", version: "XD9134L", format: "XML" }),
        row({ messageType: "XCTL03", version: "XC0330Q", format: "XML" }),
        row({ messageType: "XCTL01", version: "XC0130Q", format: "XML" }),
      ],
      [
        want({ messageType: "XDIS91", version: "XD9134L" }),
        want({ messageType: "XCTL01", version: "XC0130Q" }),
      ],
    );
    expect(done.problems).toMatchObject([
      { code: "missing-receipt", severity: "warning", messageType: "XDIS91", receipts: ["XCTL03"] },
    ]);
  });
});

describe("a type to send", () => {
  let db: Database;
  beforeAll(async () => {
    db = await testDatabase();
  });

  test("is warned about while nobody receives it in that version", async () => {
    const { supplierId } = await aVendor(db);
    const ctx = createContext(db, { kind: "system", job: "test" }, now);
    const [sender, receiver] = ["579000000001", "579000000002"].map((digits) =>
      Gln.parse(completeGln(digits)),
    );
    if (!sender || !receiver) throw new Error("no numbers");
    for (const gln of [sender, receiver]) await aLocation(db, { gln, supplierId });
    const pair = { messageType: "REF01", version: "H0131R" } as const;
    const preview = async () => {
      const registrations = [
        { ...pair, direction: "send" as const, endpointId: null, validFrom: null, validTo: null },
      ];
      const { plan: found } = await previewRegistrations(ctx, {
        gln: sender,
        registrations,
        allowGaps: false,
      });
      return found.problems.map(({ code }) => code);
    };
    expect(await preview()).toContain("no-receiver");
    const endpointId = await anEndpoint(db, { supplierId });
    await addRegistration(ctx, NewRegistration.parse({ gln: receiver, ...pair, endpointId }));
    expect(await preview()).not.toContain("no-receiver");
  });
});
