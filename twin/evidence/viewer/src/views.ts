// Where the reader looks from.

import { Vector3, type Box3 } from "three";
import { localBox, northOf, sphereOf, type App } from "./app";

export type ViewName = "iso" | "top" | "north" | "east" | "south" | "west";
export const VIEWS: ViewName[] = ["iso", "top", "north", "east", "south", "west"];

const TURNS: Record<Exclude<ViewName, "top">, number> = { iso: 215, north: 0, east: 90, south: 180, west: 270 };
/** Findings smaller than this are shown with some of their surroundings. */
const LEAST_RADIUS_M = 1.5;
/** A finding this far from the middle, as a share of the building's radius, is looked at from its own side. */
const ASIDE = 0.18;
/** Two sides of a body tell its shape better than one. */
const OBLIQUE_RAD = -0.45;

/** Direction to the eye of a named view. The building's own axis nearest to north counts, so that facades lie flat. */
function directionOf(app: App, view: ViewName): Vector3 {
  const up = new Vector3(0, 0, 1);
  const quarter = (Math.round(app.facts.north_deg / 90) * Math.PI) / 2;
  const north = new Vector3(0, 1, 0).applyAxisAngle(up, quarter);
  if (view === "top") return north.multiplyScalar(-1e-4).add(up);
  const level = north.applyAxisAngle(up, (-TURNS[view] * Math.PI) / 180);
  return view === "iso" ? level.add(new Vector3(0, 0, 0.62)) : level;
}

export async function showView(app: App, view: ViewName): Promise<void> {
  await app.stage.look(directionOf(app, view), app.subject);
}

/** The plan with map north upwards. */
export async function showNorthUp(app: App): Promise<void> {
  await app.stage.look(northOf(app.facts).multiplyScalar(-1e-4).add(new Vector3(0, 0, 1)), app.subject);
}

/** The whole building, from where the eye already is. */
export async function showWhole(app: App): Promise<void> {
  await app.stage.look(eyeDirection(app), app.subject);
}

export async function showFinding(app: App, index: number): Promise<void> {
  const finding = app.facts.findings[index];
  if (finding) await showBox(app, localBox(app.facts, finding.box), 1.3);
}

/** Comes to a box from outside the building, `room` times its size away from its edges. */
export async function showBox(app: App, box: Box3, room: number): Promise<void> {
  const whole = sphereOf(app.subject);
  const { center, radius } = sphereOf(box);
  const outwards = center.clone().sub(whole.center).setZ(0);
  const isAside = outwards.length() > whole.radius * ASIDE;
  const direction = isAside ? outwards.normalize().applyAxisAngle(new Vector3(0, 0, 1), OBLIQUE_RAD) : eyeDirection(app).setZ(0).normalize();
  const margin = Math.max(radius * (room - 1), LEAST_RADIUS_M - radius);
  await app.stage.look(direction.setZ(0.55), box.clone().expandByScalar(margin));
}

function eyeDirection(app: App): Vector3 {
  const { controls } = app.stage;
  return controls.getPosition(new Vector3()).sub(controls.getTarget(new Vector3()));
}
