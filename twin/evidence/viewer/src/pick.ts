// What lies under the pointer: the nearest thing that is shown and not cut away.

import { DoubleSide, Mesh, MeshBasicMaterial, Vector3, type Intersection, type Raycaster } from "three";
import { MeshBVH, acceleratedRaycast } from "three-mesh-bvh";
import type { App } from "./app";
import type { PointHit } from "./cloud";
import type { OwnedMesh } from "./owned";

export interface SurfaceHit {
  of: "element" | "finding";
  owner: number;
  place: Vector3;
  distance: number;
  corners: Vector3[];
}

export interface Hits {
  surface: SurfaceHit | null;
  point: { hit: PointHit; distance: number } | null;
}

/** How near a click must come to a point or corner to mean it, CSS pixels. */
const REACH_PX = 7;
/** A point this far before a surface is not on it. */
const CLEARLY_BEFORE_M = 0.3;
/** Where to look for corners around a click: at it, and around it in units of the reach. */
const RING = [[0, 0], ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => [0.7 * Math.cos((i * Math.PI) / 4), 0.7 * Math.sin((i * Math.PI) / 4)])] as [number, number][];

export class Picker {
  private readonly model: Mesh;
  private readonly bodies: Mesh;

  constructor(private readonly app: App) {
    this.model = pickable(app.model);
    this.bodies = pickable(app.bodies);
  }

  /** The nearest surface at a place on the canvas (CSS pixels), and the survey point on it or before it. */
  at(x: number, y: number): Hits {
    const surface = this.nearest(x, y);
    return { surface, point: this.point(this.app.stage.ray(x, y), surface ? surface.distance * 1.002 + 0.03 : Infinity) };
  }

  /** A place to measure from: a corner within reach, else a survey point, else the surface itself. */
  snapped(x: number, y: number): Vector3 | null {
    const { surface, point } = this.at(x, y);
    const corner = this.corner(x, y);
    const before = corner ?? surface;
    if (point && (!before || point.distance < before.distance - CLEARLY_BEFORE_M)) return point.hit.place;
    return corner?.place ?? point?.hit.place ?? surface?.place ?? null;
  }

  /** The nearest place on the approved model; null where there is none. */
  foot(place: Vector3): Vector3 | null {
    const found = (this.model.geometry.boundsTree as MeshBVH | undefined)?.closestPointToPoint(place);
    return found ? found.point.clone() : null;
  }

  /** The nearest corner of the surfaces around a place; a click just beside a building still means its corner. */
  private corner(x: number, y: number): { place: Vector3; distance: number } | null {
    let found: { place: Vector3; distance: number } | null = null;
    let best = REACH_PX;
    const { ray } = this.app.stage.ray(x, y);
    for (const [dx, dy] of RING) {
      const surface = this.nearest(x + dx * REACH_PX, y + dy * REACH_PX);
      for (const place of surface?.corners ?? []) {
        const at = this.app.stage.project(place);
        const off = at ? Math.hypot(at.x - x, at.y - y) : Infinity;
        if (off >= best || this.isCutAway(place)) continue;
        best = off;
        found = { place, distance: place.clone().sub(ray.origin).dot(ray.direction) };
      }
    }
    return found;
  }

  private nearest(x: number, y: number): SurfaceHit | null {
    const ray = this.app.stage.ray(x, y);
    const surfaces = [
      this.surface(ray, this.model, this.app.model, "element"),
      this.surface(ray, this.bodies, this.app.bodies, "finding"),
    ].filter((hit) => hit !== null);
    return surfaces.sort((a, b) => a.distance - b.distance)[0] ?? null;
  }

  private surface(ray: Raycaster, mesh: Mesh, owned: OwnedMesh, of: SurfaceHit["of"]): SurfaceHit | null {
    const found = ray.intersectObject(mesh, false).sort((a, b) => a.distance - b.distance);
    for (const hit of found) {
      const owner = hit.face ? (owned.owner[hit.face.a] as number) : -1;
      if (owner < 0 || !owned.isShown(owner) || this.isCutAway(hit.point)) continue;
      return { of, owner, place: hit.point, distance: hit.distance, corners: cornersOf(hit, owned) };
    }
    return null;
  }

  /** The survey point nearest to the ray, no farther than `most` along it. */
  private point(ray: Raycaster, most: number): Hits["point"] {
    const { cloud, stage } = this.app;
    if (!cloud.group.visible) return null;
    const { origin, direction } = ray.ray;
    const at = new Vector3();
    const centre = new Vector3();
    let found: Hits["point"] = null;
    let best = Infinity;
    for (const block of [...cloud.blocks, ...(this.app.detail?.drawn() ?? [])]) {
      const sphere = block.points.geometry.boundingSphere;
      if (!sphere) continue;
      centre.copy(sphere.center).multiplyScalar(block.about.step_m).add(block.points.position);
      const radius = sphere.radius * block.about.step_m;
      if (ray.ray.distanceSqToPoint(centre) > (radius + 1) ** 2) continue;
      for (let i = 0; i < block.count; i++) {
        block.at(i, at);
        const along = (at.x - origin.x) * direction.x + (at.y - origin.y) * direction.y + (at.z - origin.z) * direction.z;
        if (along <= 0 || along > most) continue;
        const square = at.distanceToSquared(origin) - along * along;
        const reach = REACH_PX / stage.pixelsPerMetre(along);
        // Off the ray counts against a point as much as lying behind another one does.
        if (square > reach * reach) continue;
        const cost = along + 4 * Math.sqrt(Math.max(square, 0));
        if (cost >= best || this.isCutAway(at) || cloud.isHidden(block.colour[i * 4 + 3] as number)) continue;
        best = cost;
        found = { hit: block.hit(i), distance: along };
      }
    }
    return found;
  }

  private isCutAway(place: Vector3): boolean {
    const { low, high } = this.app.store.state.cut;
    return place.toArray().some((value, i) => value < (low[i] as number) || value > (high[i] as number));
  }
}

function pickable(owned: OwnedMesh): Mesh {
  const mesh = new Mesh(owned.geometry, new MeshBasicMaterial({ side: DoubleSide }));
  mesh.raycast = acceleratedRaycast;
  if (owned.geometry.index?.count) {
    // Indirect: the drawn order of triangles stays as it is.
    owned.geometry.boundsTree = new MeshBVH(owned.geometry, { indirect: true });
  } else mesh.raycast = () => {};
  return mesh;
}

function cornersOf(hit: Intersection, owned: OwnedMesh): Vector3[] {
  const places = owned.geometry.getAttribute("position");
  const face = hit.face;
  return face ? [face.a, face.b, face.c].map((i) => new Vector3().fromBufferAttribute(places, i)) : [];
}
