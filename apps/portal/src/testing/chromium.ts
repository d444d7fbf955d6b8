import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const packageFolder = fileURLToPath(new URL("..", import.meta.resolve("@sparticuz/chromium")));

/** A folder of this account with the packaged browser, its libraries and fonts, unpacked once per version. */
async function unpackedFolder(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as {
    version: string;
  };
  const folder = join(tmpdir(), `sor-chromium-${version}-${userInfo().uid}`);
  if (existsSync(folder)) return folder;
  const staging = await mkdtemp(`${folder}-`);
  const before = process.env.TMPDIR;
  // The package unpacks into the temporary folder and uses whatever is there; our own folder is never half unpacked.
  process.env.TMPDIR = staging;
  try {
    const parts = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];
    await Promise.all(parts.map((part) => inflate(join(packageFolder, "bin", part))));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  await writeFontConfiguration(staging, folder);
  await chmod(join(staging, "chromium"), 0o700);
  await rename(staging, folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    await rm(staging, { recursive: true });
  });
  return folder;
}

async function writeFontConfiguration(staging: string, folder: string): Promise<void> {
  await mkdir(join(staging, "font-cache"), { recursive: true });
  const configuration = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/font-cache</cachedir>
<alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias></fontconfig>`;
  await writeFile(join(staging, "fonts.conf"), configuration);
}

/** Starts a headless Chromium: the one named by CHROMIUM_PATH, or the packaged one; as root or not. */
export async function launchChromium(): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH;
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"];
  if (named) return chromium.launch({ executablePath: named, args, headless: true });
  const folder = await unpackedFolder();
  const libraries = [join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: [...args, "--no-zygote"],
    headless: true,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraries,
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
      HOME: folder,
    },
  });
}
