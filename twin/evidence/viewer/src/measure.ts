// Distances between two places, drawn over the picture.

import type { Vector3 } from "three";
import type { App } from "./app";
import { el, svg } from "./dom";
import { grouped, metres, millimetres } from "./format";
import { t } from "./texts";

export class Measure {
  readonly layer = svg("svg", { class: "measure", "aria-hidden": "true" });
  readonly spoken = el("p", { class: "spoken", attributes: { role: "status" } });
  readonly lines: [Vector3, Vector3][] = [];
  private pending: Vector3 | null = null;
  private hover: Vector3 | null = null;

  constructor(private readonly app: App) {
    app.stage.afterDraw.push(() => this.draw());
    app.store.hear((state, before) => {
      if (before.isMeasuring && !state.isMeasuring) this.forget();
    });
  }

  /** Takes the next place; the second of a pair completes a line. */
  take(place: Vector3): void {
    if (this.pending) {
      this.lines.push([this.pending, place]);
      this.spoken.textContent = describe(this.pending, place);
      this.pending = null;
    } else {
      this.pending = place.clone();
      this.spoken.textContent = t("measure.second");
    }
    this.draw();
  }

  /** Shows where a click would land. */
  point(place: Vector3 | null): void {
    this.hover = place;
    this.draw();
  }

  /** Drops a half-made line; says whether there was one. */
  cancel(): boolean {
    const had = this.pending !== null;
    this.pending = null;
    this.draw();
    return had;
  }

  clear(): void {
    this.lines.length = 0;
    this.spoken.textContent = "";
    this.forget();
  }

  private forget(): void {
    this.pending = this.hover = null;
    this.draw();
  }

  private draw(): void {
    this.layer.replaceChildren();
    for (const [from, to] of this.lines) this.line(from, to, false);
    if (this.pending && this.hover) this.line(this.pending, this.hover, true);
    for (const place of [this.pending, this.hover]) if (place) this.dot(place);
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
    const rows = [millimetres(from.distanceTo(to)), `↔ ${grouped(flat * 1000, 0)}   ↕ ${grouped((to.z - from.z) * 1000, 0)}`];
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
