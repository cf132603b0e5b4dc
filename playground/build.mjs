// Builds the playground into the Python package: one ES module, its style sheet and a page. `npm run build`.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? path.join(here, "..", "aecourse", "playground", "static");

// A digest of every source, stored in the artefact: a test without Node compares it with the sources.
async function digest() {
  const entries = await readdir(here, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(here, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .filter((name) => !name.startsWith("node_modules/"))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(`${name}\0`).update(await readFile(path.join(here, name))).update("\0");
  return hash.digest("hex");
}

async function kernels() {
  const files = new Map();
  const { error, stderr } = await asc.main(
    ["assembly/kernels.ts", "--outFile", "kernels.wasm", "-O3", "--noAssert", "--enable", "simd", "--runtime", "stub",
      "--initialMemory", "1"],
    {
      readFile: (name, base) => readFile(path.join(base ?? here, name), "utf8").catch(() => null),
      writeFile: (name, contents) => void files.set(name, contents),
      listFiles: () => [],
      baseDir: here,
    },
  );
  if (error) throw new Error(`AssemblyScript: ${error.message}\n${stderr}`);
  return Buffer.from(files.get("kernels.wasm")).toString("base64");
}

const wasm = await kernels();

// "wasm:kernels" is the compiled engine as text, "worker:x" is the bundle of src/x.ts as text: one file holds it all.
const inside = {
  name: "inside",
  setup(build) {
    build.onResolve({ filter: /^(wasm|worker):/ }, ({ path: name }) => ({ path: name, namespace: "inside" }));
    build.onLoad({ filter: /.*/, namespace: "inside" }, async ({ path: name }) => {
      if (name === "wasm:kernels") return { contents: wasm, loader: "text" };
      const entry = path.join(here, "src", `${name.slice("worker:".length)}.ts`);
      const { outputFiles } = await esbuild.build({ ...common, entryPoints: [entry], write: false, format: "iife" });
      return { contents: outputFiles[0].text, loader: "text", watchDirs: [path.join(here, "src")] };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  format: "esm",
  legalComments: "none",
  plugins: [inside],
  logLevel: "warning",
};

const { outputFiles } = await esbuild.build({
  ...common,
  entryPoints: { playground: "src/index.ts" },
  outdir: out,
  write: false,
});
await mkdir(out, { recursive: true });
await writeFile(
  path.join(out, "playground.js"),
  `// Built by \`npm run build\` in playground/ from sources ${await digest()}\n${outputFiles[0].text}`,
);
const css = await esbuild.build({ ...common, entryPoints: { playground: "src/playground.css" }, outdir: out, write: false });
await writeFile(path.join(out, "playground.css"), css.outputFiles[0].text);
const page = await readFile(path.join(here, "index.html"), "utf8");
await writeFile(path.join(out, "index.html"), page.replaceAll("../aecourse/playground/static/", "./").replaceAll("../aecourse/data/", "./")); // the site puts the clothes beside the page
