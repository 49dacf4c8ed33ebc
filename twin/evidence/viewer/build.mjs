// Bundles the viewer into dist/: one classic script, one style sheet, with the licences of what it carries.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const carried = ["three", "camera-controls", "three-mesh-bvh", "3d-tiles-renderer"];
const licences = carried.map(
  (name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}`,
);

await build({
  entryPoints: { viewer: "src/main.ts" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: `/*!\n${licences.join("\n\n----\n\n").replaceAll("*/", "* /").replaceAll("\r", "")}\n*/` },
  logLevel: "warning",
});
