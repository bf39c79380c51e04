/**
 * Builds everything that a browser loads into src/revivatech/web/static.
 *
 * File names carry a hash of their content, so they may be cached for ever; manifest.json maps each logical name to its
 * file. The same inputs give the same bytes: CI builds again and compares.
 *
 *   node build.mjs            one build
 *   node build.mjs --watch    builds again when a source or a template changes
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import subsetFont from "subset-font";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const OUT = join(HERE, "../src/revivatech/web/static");

/** Latin-1 holds English and Portuguese; the rest is punctuation, arrows and currency that the pages use. */
const CHARACTERS =
  range(0x20, 0x7e) + range(0xa0, 0xff) + "\u2009\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u202f\u20ac\u2122\u2190\u2191\u2192\u2193\u2212";

/** What is copied or compiled into the built files, and whose licence goes beside them. */
const LICENSED = [
  ["htmx.org", "LICENSE"],
  ["socket.io-client", "LICENSE"],
  ["engine.io-client", "LICENSE"],
  ["socket.io-parser", "LICENSE"],
  ["tailwindcss", "LICENSE"],
  ["basecoat-css", "LICENSE.md"],
  ["lucide-static", "LICENSE"],
  ["@fontsource-variable/inter", "LICENSE"],
];

/** Logical name -> file name, and file name -> content: nothing is written before everything is built. */
const manifest = new Map();
const files = new Map();

async function buildAll() {
  const started = performance.now();
  manifest.clear();
  files.clear();
  await buildFont();
  buildStyles();
  await buildModules();
  buildIcons();
  copyImages();
  files.set("LICENSES.txt", licences());
  files.set("manifest.json", JSON.stringify(Object.fromEntries([...manifest].sort()), null, 2) + "\n");

  mkdirSync(OUT, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(OUT, name), content);
  for (const name of readdirSync(OUT)) if (!files.has(name)) rmSync(join(OUT, name));
  report(performance.now() - started);
}

/** Inter, cut down to our characters, the weights 400 to 700 and the features that we use (kerning, tabular figures). */
async function buildFont() {
  const source = readFileSync(join(MODULES, "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"));
  const font = await subsetFont(source, CHARACTERS, {
    targetFormat: "woff2",
    variationAxes: { wght: { min: 400, max: 700 } },
    keepFeatures: ["kern", "tnum", "ccmp", "locl", "mark"],
    noHinting: true,
  });
  emit("inter.woff2", font);
}

function buildStyles() {
  const target = join(tmpdir(), `revivatech-${process.pid}.css`);
  const cli = createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json");
  const entry = join(dirname(cli), JSON.parse(readFileSync(cli, "utf8")).bin.tailwindcss);
  execFileSync(process.execPath, [entry, "--input", "css/app.css", "--output", target, "--minify"], {
    cwd: HERE,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const css = readFileSync(target, "utf8").replaceAll("inter.woff2", manifest.get("inter.woff2"));
  rmSync(target);
  emit("app.css", css);
}

/** One module for every page; the socket client is a chunk of its own that only live pages ask for. */
async function buildModules() {
  const result = await bundle({
    absWorkingDir: HERE,
    entryPoints: { app: "js/app.js" },
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    minify: true,
    legalComments: "none",
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    outdir: OUT,
    metafile: true,
    write: false,
  });
  for (const { path, contents } of result.outputFiles) files.set(basename(path), Buffer.from(contents));
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    const file = basename(path);
    const name = output.entryPoint ? basename(output.entryPoint) : file.replace(/\.[A-Z0-9]{8}\./, ".");
    manifest.set(name, file);
  }
}

/** One sprite; a page refers to its parts, so twenty rows cost twenty short references and not twenty drawings. */
function buildIcons() {
  const names = readFileSync(join(HERE, "icons.txt"), "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(MODULES, `lucide-static/icons/${name}.svg`), "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "").replaceAll(" />", "/>")}</symbol>`;
  });
  emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

function copyImages() {
  for (const name of readdirSync(join(HERE, "images")).sort()) {
    emit(name, readFileSync(join(HERE, "images", name)));
  }
}

function licences() {
  const parts = LICENSED.map(([name, file]) => {
    const { version } = JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8"));
    const text = readFileSync(join(MODULES, name, file), "utf8").trim();
    return `${"=".repeat(78)}\n${name} ${version}\n${"=".repeat(78)}\n\n${text}\n`;
  });
  return "The files of this folder contain parts of the following works.\n\n" + parts.join("\n");
}

function emit(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const extension = extname(name);
  const file = `${basename(name, extension)}.${hash}${extension}`;
  files.set(file, Buffer.from(content));
  manifest.set(name, file);
}

function range(first, last) {
  return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

function report(milliseconds) {
  for (const [name, file] of [...manifest].sort()) {
    const bytes = files.get(file);
    const packed = /\.(woff2|png)$/.test(file) ? bytes.length : gzipSync(bytes, { level: 9 }).length;
    console.log(`${name.padEnd(24)} ${String(bytes.length).padStart(7)} B ${String(packed).padStart(7)} B compressed`);
  }
  console.log(`built ${relative(process.cwd(), OUT) || OUT} in ${Math.round(milliseconds)} ms`);
}

await buildAll();

if (process.argv.includes("--watch")) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => buildAll().catch((error) => console.error(error.message)), 150);
  };
  for (const folder of ["css", "js", "images", "icons.txt"]) watch(join(HERE, folder), { recursive: true }, again);
  watch(join(HERE, "../src/revivatech"), { recursive: true }, (_, name) => name?.endsWith(".html") && again());
}
