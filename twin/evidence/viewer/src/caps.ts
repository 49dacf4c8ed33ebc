// Fills solids where a section cuts them, as drawings do: wherever a ray from the section on is inside of one.

import {
  AlwaysStencilFunc,
  BackSide,
  DecrementWrapStencilOp,
  DoubleSide,
  FrontSide,
  GLSL3,
  Group,
  IncrementWrapStencilOp,
  KeepStencilOp,
  Mesh,
  NotEqualStencilFunc,
  PlaneGeometry,
  RawShaderMaterial,
  Vector3,
  ZeroStencilOp,
  type Side,
} from "three";
import type { Shared } from "./materials";
import type { OwnedMesh } from "./owned";
import { CAP_FRAGMENT, CAP_VERTEX, COUNT_FRAGMENT, OWNED_VERTEX } from "./shaders";
import type { Cut } from "./state";

const FAR_M = 1e9;

/** One side of the section box. */
class Cap {
  readonly group = new Group();
  private readonly low = new Vector3();
  private readonly high = new Vector3();
  private readonly plate: Mesh;

  constructor(model: OwnedMesh, common: Shared, private readonly axis: 0 | 1 | 2, private readonly side: "low" | "high", order: number) {
    this.count(model, common, BackSide, order);
    this.count(model, common, FrontSide, order);
    this.plate = new Mesh(new PlaneGeometry(1, 1), plateMaterial(common));
    this.plate.renderOrder = order + 0.01;
    this.plate.frustumCulled = false;
    if (axis === 0) this.plate.rotation.set(0, Math.PI / 2, 0);
    if (axis === 1) this.plate.rotation.set(Math.PI / 2, 0, 0);
    this.group.add(this.plate);
  }

  follow(cut: Cut, whole: Cut): void {
    const at = cut[this.side][this.axis];
    this.group.visible = at !== whole[this.side][this.axis];
    if (!this.group.visible) return;
    this.low.setScalar(-FAR_M);
    this.high.setScalar(FAR_M);
    (this.side === "low" ? this.low : this.high).setComponent(this.axis, at);
    const [low, high] = [new Vector3(...cut.low), new Vector3(...cut.high)];
    const size = high.clone().sub(low);
    this.plate.position.copy(low.add(high).multiplyScalar(0.5)).setComponent(this.axis, at);
    // A plate's own x and y lie along these axes after its turn.
    const [x, y] = ([[2, 1], [0, 2], [0, 1]] as const)[this.axis];
    this.plate.scale.set(size.getComponent(x), size.getComponent(y), 1);
  }

  private count(model: OwnedMesh, common: Shared, side: Side, order: number): void {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: OWNED_VERTEX,
      fragmentShader: COUNT_FRAGMENT,
      uniforms: { ...common, ...model.uniforms, stage: { value: 0 }, nearer: { value: 0 }, cutLow: { value: this.low }, cutHigh: { value: this.high } },
      side,
      depthTest: false,
      depthWrite: false,
      colorWrite: false,
      stencilWrite: true,
      stencilFunc: AlwaysStencilFunc,
      stencilFail: KeepStencilOp,
      stencilZFail: KeepStencilOp,
      stencilZPass: side === BackSide ? IncrementWrapStencilOp : DecrementWrapStencilOp,
    });
    const mesh = new Mesh(model.geometry, material);
    mesh.renderOrder = order;
    this.group.add(mesh);
  }
}

export class Caps {
  readonly group = new Group();
  private readonly caps: Cap[];

  constructor(model: OwnedMesh, common: Shared) {
    const sides = ([0, 1, 2] as const).flatMap((axis) => (["low", "high"] as const).map((side) => [axis, side] as const));
    this.caps = sides.map(([axis, side], i) => new Cap(model, common, axis, side, 1.1 + i * 0.05));
    this.group.add(...this.caps.map((cap) => cap.group));
  }

  follow(cut: Cut, whole: Cut): void {
    for (const cap of this.caps) cap.follow(cut, whole);
  }
}

function plateMaterial(common: Shared): RawShaderMaterial {
  return new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: CAP_VERTEX,
    fragmentShader: CAP_FRAGMENT,
    uniforms: { cutColour: common.cutColour },
    side: DoubleSide,
    stencilWrite: true,
    stencilRef: 0,
    stencilFunc: NotEqualStencilFunc,
    stencilFail: ZeroStencilOp,
    stencilZFail: ZeroStencilOp,
    stencilZPass: ZeroStencilOp,
  });
}
