import { build } from "esbuild";
import { bundle } from "./bundle.mjs";

const carried = ["three", "camera-controls", "three-mesh-bvh", "3d-tiles-renderer"];

await bundle(build, "viewer", Object.fromEntries(carried.map((name) => [name, [`${name}/LICENSE`]])));
