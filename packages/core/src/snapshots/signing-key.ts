import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { asc } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, waitForLock } from "../database/index.ts";
import { hideText, showText } from "../vault/index.ts";
import { signingKeys } from "./tables.ts";

type Signer = {
  /** SubjectPublicKeyInfo as PEM. */
  publicKey: string;
  /** Ed25519 signature (RFC 8032) of a text's UTF-8 bytes, base64. */
  signatureOf: (text: string) => string;
};

/** The key of this installation, made at the first use. */
export async function findSigner(ctx: Context): Promise<Signer> {
  const row = await work(ctx, async (tx) => {
    await waitForLock(tx, "snapshots");
    const [known] = await tx.select().from(signingKeys).orderBy(asc(signingKeys.madeAt)).limit(1);
    if (known) return known;
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const made = {
      id: newId(),
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      sealed: hideText(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
      madeAt: ctx.now,
    };
    await tx.insert(signingKeys).values(made);
    return made;
  });
  const key = createPrivateKey(showText(row.sealed));
  return {
    publicKey: row.publicKey,
    signatureOf: (text) => sign(null, Buffer.from(text), key).toString("base64"),
  };
}
