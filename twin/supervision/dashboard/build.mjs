// Bundles the dashboard into dist/: one classic script, one style sheet, with the licences of what it carries.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const carried = ["echarts/LICENSE", "echarts/NOTICE", "echarts/licenses/LICENSE-d3", "zrender/LICENSE", "tslib/LICENSE.txt"];
const licences = carried.map((file) => `${file.split("/")[0]}\n\n${readFileSync(`node_modules/${file}`, "utf8").trim()}`);

await build({
  entryPoints: { dashboard: "src/main.ts" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: `/*!\n${licences.join("\n\n----\n\n").replaceAll("*/", "* /").replaceAll("\r", "")}\n*/` },
  logLevel: "warning",
});
