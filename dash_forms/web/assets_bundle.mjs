// Run by assets_build.py: what a page asks for becomes one small file, and what several of them import, files they share.
// In (JSON): {folder, modules, classic}, names in the folder. Out: [{name, source, text}], `source` the name that is asked for.

import { relative } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild-wasm";

const { folder, modules, classic } = JSON.parse(await text(process.stdin));
const options = {
  absWorkingDir: folder,
  outdir: folder,
  outbase: folder,
  entryNames: "[dir]/[name].[hash]",
  chunkNames: "js/shared.[hash]",
  bundle: true,
  minify: true,
  charset: "utf8",
  target: "es2022",
  write: false,
  metafile: true,
  logLevel: "silent",
};
const built = await Promise.all([
  build({ ...options, entryPoints: modules, format: "esm", splitting: true, outExtension: { ".js": ".mjs" } }),
  build({ ...options, entryPoints: classic, format: "iife" }),
]);
const files = built.flatMap(({ outputFiles, metafile }) => outputFiles.map((file) => {
  const name = relative(folder, file.path);
  return { name, source: metafile.outputs[name].entryPoint ?? name, text: file.text };
}));
process.stdout.write(JSON.stringify(files));
