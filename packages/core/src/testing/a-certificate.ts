import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

const der = (tag: number, ...contents: Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const size = content.byteLength;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...contents: Uint8Array[]) => der(0x30, ...contents);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const name = (text: string) => sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(text)))));
const time = (at: Date) =>
  der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`, "latin1"));
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));

type Made = { name: string; key: KeyObject; certificate: string };
export type TestCertificate = { key: string; certificate: string };

function sealed(of: {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signer: KeyObject;
  validFrom: Date;
  validTo: Date;
  extensions: Buffer[];
}): string {
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1 + Math.floor(Math.random() * 126)])),
    ecdsaWithSha256,
    name(of.issuer),
    sequence(time(of.validFrom), time(of.validTo)),
    name(of.subject),
    of.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...of.extensions)),
  );
  const signature = sign("sha256", content, of.signer);
  const whole = sequence(content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

const year = 365 * 86_400_000;

/** A private certificate authority for tests (X.509, ECDSA P-256). */
export function aCertificateAuthority(): Made {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const isAuthority = extension("551d13", sequence(der(0x01, Buffer.from([255]))));
  const subject = "Test Authority";
  const certificate = sealed({
    subject,
    issuer: subject,
    publicKey,
    signer: privateKey,
    validFrom: new Date(Date.now() - year),
    validTo: new Date(Date.now() + year),
    extensions: [isAuthority],
  });
  return { name: subject, key: privateKey, certificate };
}

/** A server's certificate for a host name, signed by an authority, valid until an instant. */
export function aServerCertificate(by: Made, host: string, validTo: Date): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const hosts = extension("551d11", sequence(der(0x82, Buffer.from(host, "latin1"))));
  const certificate = sealed({
    subject: host,
    issuer: by.name,
    publicKey,
    signer: by.key,
    validFrom: new Date(Date.now() - year),
    validTo,
    extensions: [hosts],
  });
  return { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}
