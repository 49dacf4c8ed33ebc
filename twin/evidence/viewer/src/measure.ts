// Distances between two places, areas, and distances to the model, drawn over the picture.

import { Vector3 } from "three";
import type { App } from "./app";
import { el, svg } from "./dom";
import { grouped, metres, millimetres } from "./format";
import { t } from "./texts";

/** A click so near the first corner means it, CSS pixels. */
const CLOSES_PX = 12;

export class Measure {
  readonly layer = svg("svg", { class: "measure", "aria-hidden": "true" });
  readonly spoken = el("p", { class: "spoken", attributes: { role: "status" } });
  readonly lines: [Vector3, Vector3][] = [];
  readonly areas: Vector3[][] = [];
  private corners: Vector3[] = [];
  private pending: Vector3 | null = null;
  private hover: Vector3 | null = null;

  constructor(private readonly app: App) {
    app.stage.afterDraw.push(() => this.draw());
    app.store.hear((state, before) => {
      if ((before.isMeasuring && !state.isMeasuring) || before.measureBy !== state.measureBy) this.forget();
    });
  }

  /** Takes the next place; `foot` is the nearest one on the model. */
  take(place: Vector3, foot: Vector3 | null): void {
    const by = this.app.store.state.measureBy;
    if (by === "area") this.corner(place);
    else if (by === "model") this.toModel(place, foot);
    else this.end(place);
    this.draw();
  }

  /** The second place of a pair completes a line. */
  private end(place: Vector3): void {
    if (this.pending) {
      this.lines.push([this.pending, place]);
      this.spoken.textContent = describe(this.pending, place);
      this.pending = null;
    } else {
      this.pending = place.clone();
      this.spoken.textContent = t("measure.second");
    }
  }

  /** One corner more; the first one again completes the area. */
  private corner(place: Vector3): void {
    const first = this.corners[0];
    if (this.corners.length > 2 && first && this.isNear(first, place)) {
      this.areas.push(this.corners);
      this.spoken.textContent = squareMetres(areaOf(this.corners));
      this.corners = [];
    } else {
      this.corners.push(place.clone());
      this.spoken.textContent = t("measure.corner");
    }
  }

  private toModel(place: Vector3, foot: Vector3 | null): void {
    if (!foot) return;
    this.lines.push([foot.clone(), place.clone()]);
    this.spoken.textContent = describe(foot, place);
  }

  private isNear(one: Vector3, other: Vector3): boolean {
    const [a, b] = [this.app.stage.project(one), this.app.stage.project(other)];
    return a !== null && b !== null && Math.hypot(a.x - b.x, a.y - b.y) <= CLOSES_PX;
  }

  /** Shows where a click would land. */
  point(place: Vector3 | null): void {
    this.hover = place;
    this.draw();
  }

  /** Drops a half-made line; says whether there was one. */
  cancel(): boolean {
    const had = this.pending !== null || this.corners.length > 0;
    this.pending = null;
    this.corners = [];
    this.draw();
    return had;
  }

  clear(): void {
    this.lines.length = this.areas.length = 0;
    this.spoken.textContent = "";
    this.forget();
  }

  private forget(): void {
    this.pending = this.hover = null;
    this.corners = [];
    this.draw();
  }

  private draw(): void {
    this.layer.replaceChildren();
    for (const [from, to] of this.lines) this.line(from, to, false);
    if (this.pending && this.hover) this.line(this.pending, this.hover, true);
    for (const corners of this.areas) this.area(corners, false);
    if (this.corners.length) this.area(this.hover ? [...this.corners, this.hover] : this.corners, true);
    for (const place of [this.pending, this.hover]) if (place) this.dot(place);
  }

  private area(corners: Vector3[], isOpen: boolean): void {
    const places = corners.map((corner) => this.app.stage.project(corner));
    if (places.some((place) => place === null)) return;
    const shown = places as { x: number; y: number }[];
    const points = shown.map(({ x, y }) => `${x},${y}`).join(" ");
    this.layer.append(svg("polygon", { points, class: isOpen ? "open" : "firm" }));
    for (const corner of corners) this.dot(corner);
    if (corners.length < 3) return;
    const [x, y] = (["x", "y"] as const).map((axis) => shown.reduce((sum, place) => sum + place[axis], 0) / shown.length) as [number, number];
    this.rows(x, y, [squareMetres(areaOf(corners)), `${t("measure.around")} ${metres(around(corners))}`]);
  }

  private line(from: Vector3, to: Vector3, isOpen: boolean): void {
    const [a, b] = [this.app.stage.project(from), this.app.stage.project(to)];
    if (!a || !b) return;
    const ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
    this.layer.append(svg("line", { ...ends, class: "halo" }), svg("line", { ...ends, class: isOpen ? "open" : "firm" }));
    this.dot(from);
    this.dot(to);
    this.label((a.x + b.x) / 2, (a.y + b.y) / 2, from, to);
  }

  private label(x: number, y: number, from: Vector3, to: Vector3): void {
    const flat = Math.hypot(to.x - from.x, to.y - from.y);
    this.rows(x, y, [millimetres(from.distanceTo(to)), `↔ ${grouped(flat * 1000, 0)}   ↕ ${grouped((to.z - from.z) * 1000, 0)}`]);
  }

  private rows(x: number, y: number, rows: string[]): void {
    const wide = Math.max(...rows.map((row) => row.length)) * 7 + 18;
    const text = rows.map((row, i) => {
      const line = svg("text", { x, y: y - 4 + i * 15, class: i ? "minor" : "major" });
      line.textContent = row;
      return line;
    });
    this.layer.append(svg("rect", { x: x - wide / 2, y: y - 21, width: wide, height: 38, rx: 6 }), ...text);
  }

  private dot(place: Vector3): void {
    const at = this.app.stage.project(place);
    if (at) this.layer.append(svg("circle", { cx: at.x, cy: at.y, r: 4 }));
  }
}

function describe(from: Vector3, to: Vector3): string {
  const flat = Math.hypot(to.x - from.x, to.y - from.y);
  const parts = [`${t("measure.horizontal")} ${metres(flat)}`, `${t("measure.vertical")} ${metres(to.z - from.z)}`];
  return `${metres(from.distanceTo(to))} (${parts.join(", ")})`;
}

/** Area of a polygon whose corners lie about in a plane: half the length of its vector area. */
export function areaOf(corners: Vector3[]): number {
  const sum = new Vector3();
  const first = corners[0] as Vector3;
  for (let i = 1; i + 1 < corners.length; i++) {
    const [a, b] = [corners[i] as Vector3, corners[i + 1] as Vector3];
    sum.add(a.clone().sub(first).cross(b.clone().sub(first)));
  }
  return sum.length() / 2;
}

function around(corners: Vector3[]): number {
  return corners.reduce((sum, corner, i) => sum + corner.distanceTo(corners[(i + 1) % corners.length] as Vector3), 0);
}

function squareMetres(value: number): string {
  return `${grouped(value, 3)}\u202fm²`;
}
