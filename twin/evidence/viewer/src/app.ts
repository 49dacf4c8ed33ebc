// Everything of one opened case, as its parts see it.

import { Box3, Sphere, Vector3, type Object3D } from "three";
import type { Axes } from "./axes";
import type { Cloud } from "./cloud";
import type { Detail } from "./detail";
import type { Facts, Vector } from "./facts";
import type { OwnedMesh } from "./owned";
import type { Theme } from "./palette";
import type { Stage } from "./stage";
import type { Cut, Store } from "./state";

export interface App {
  facts: Facts;
  store: Store;
  stage: Stage;
  model: OwnedMesh;
  bodies: OwnedMesh;
  cloud: Cloud;
  axes: Axes;
  /** The survey beyond what the page carries, where it is served. */
  detail: Detail | null;
  theme: Theme;
  /** The section box that cuts nothing, local frame. */
  whole: Cut;
  /** What is drawn of the approved building alone. */
  approved: Object3D[];
  /** What the eye should rest on, local frame. */
  subject: Box3;
}

/** A place of the local frame in the design frame. */
export function inDesign(facts: Facts, local: Vector3): Vector {
  return [local.x + facts.origin[0], local.y + facts.origin[1], local.z + facts.origin[2]];
}

/** A place of the design frame on the map: eastings, northings, height. */
export function onMap(facts: Facts, design: Vector): Vector | null {
  const matrix = facts.map_from_design;
  if (!matrix) return null;
  const row = (i: number): number => {
    const [a = 0, b = 0, c = 0, d = 0] = matrix[i] ?? [];
    return a * design[0] + b * design[1] + c * design[2] + d;
  };
  return [row(0), row(1), row(2)];
}

/** A box of the design frame, in the local frame. */
export function localBox(facts: Facts, [low, high]: [Vector, Vector]): Box3 {
  const origin = new Vector3(...facts.origin);
  return new Box3(new Vector3(...low).sub(origin), new Vector3(...high).sub(origin));
}

export function sphereOf(box: Box3): Sphere {
  return box.getBoundingSphere(new Sphere());
}

/** Direction of map north in the design frame. */
export function northOf(facts: Facts): Vector3 {
  const angle = (facts.north_deg * Math.PI) / 180;
  return new Vector3(-Math.sin(angle), Math.cos(angle), 0);
}

/** Box of what was approved and what was found: what the eye should rest on, clutter left out. */
export function subjectBox(facts: Facts, model: OwnedMesh): Box3 {
  const box = new Box3();
  const places = model.geometry.getAttribute("position");
  const at = new Vector3();
  for (let i = 0; i < places.count; i++) {
    if (facts.elements.role[model.owner[i] as number] === "building") box.expandByPoint(at.fromBufferAttribute(places, i));
  }
  for (const finding of facts.findings) {
    if (finding.change !== "object") box.union(localBox(facts, finding.box));
  }
  return box.isEmpty() ? new Box3(new Vector3(-5, -5, -5), new Vector3(5, 5, 5)) : box;
}
