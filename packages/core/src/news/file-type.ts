export const fileTypes = ["pdf", "zip", "png", "jpeg", "webp"] as const;
type FileType = (typeof fileTypes)[number];

/** Media type, longest size in bytes and endings of the names of each type of file. */
export const fileRules: Readonly<
  Record<FileType, { mediaType: string; bytesMax: number; endings: readonly string[]; isPicture: boolean }>
> = {
  pdf: { mediaType: "application/pdf", bytesMax: 20_000_000, endings: ["pdf"], isPicture: false },
  zip: { mediaType: "application/zip", bytesMax: 20_000_000, endings: ["zip"], isPicture: false },
  png: { mediaType: "image/png", bytesMax: 2_000_000, endings: ["png"], isPicture: true },
  jpeg: { mediaType: "image/jpeg", bytesMax: 2_000_000, endings: ["jpg", "jpeg"], isPicture: true },
  webp: { mediaType: "image/webp", bytesMax: 2_000_000, endings: ["webp"], isPicture: true },
};

/** The first bytes of each type, hexadecimal; a dot is any digit. */
const startsOf: Readonly<Record<FileType, RegExp>> = {
  pdf: /^255044462d/,
  zip: /^504b0304/,
  png: /^89504e470d0a1a0a/,
  jpeg: /^ffd8ff/,
  webp: /^52494646.{8}57454250/,
};

/** The type of a file by its first bytes, which its name must agree with; undefined for every other file. */
export function fileTypeOf(name: string, bytes: Uint8Array): FileType | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString("hex");
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  return fileTypes.find((type) => startsOf[type].test(start) && fileRules[type].endings.includes(ending));
}
