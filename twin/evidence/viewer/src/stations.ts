// Where the scanner stood.

import { Group, Mesh, MeshBasicMaterial, OctahedronGeometry } from "three";
import type { Vector } from "./facts";

const RADIUS_M = 0.25;

export function stationMarks(stations: Vector[]): Group {
  const group = new Group();
  const shape = new OctahedronGeometry(RADIUS_M);
  const material = new MeshBasicMaterial({ color: 0x0f9f8f });
  for (const place of stations) {
    const mark = new Mesh(shape, material);
    mark.position.set(...place);
    group.add(mark);
  }
  return group;
}
