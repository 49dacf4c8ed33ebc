import { build } from "esbuild";
import { bundle } from "../../evidence/viewer/bundle.mjs";

await bundle(build, "dashboard", {
  echarts: ["echarts/LICENSE", "echarts/NOTICE", "echarts/licenses/LICENSE-d3"],
  zrender: ["zrender/LICENSE"],
  tslib: ["tslib/LICENSE.txt"],
});
