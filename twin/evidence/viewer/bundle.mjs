// Bundles the programme of a page into dist/: one classic script, one style sheet, with the licences of what it carries.
import { readFileSync } from "node:fs";

/** `build` is esbuild's, `name` that of the files, `carried` maps names of packages to files of licences in node_modules. */
export function bundle(build, name, carried) {
  const licences = Object.entries(carried).map(
    ([title, files]) => files.map((file) => `${title}\n\n${readFileSync(`node_modules/${file}`, "utf8").trim()}`).join("\n\n"),
  );
  return build({
    entryPoints: { [name]: "src/main.ts" },
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
}
