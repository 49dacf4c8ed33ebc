// Axes of the grid: lines on the ground or where the building is cut, with their tags in bubbles at their ends.

import { Box3, BufferGeometry, Group, Line, LineDashedMaterial, Vector3 } from "three";
import type { Axis, Facts } from "./facts";
import { bounded } from "./format";
import { svg } from "./dom";
import type { Stage } from "./stage";
import type { Cut, State } from "./state";

/** Axes are drawn this far beyond the building, and as a share of its size: longer ones would only lead away. */
const BEYOND_M = 3;
const BEYOND = 0.08;
const RADIUS_PX = 11;
/** Bubbles nearer to each other than this would touch. */
const APART_PX = 2 * RADIUS_PX + 2;
/** Above the cut, so that the cut surface does not swallow the line. */
const LIFT_M = 0.03;
/** Looking down more steeply than this shows both ends of an axis; else the nearer one is before the building. */
const STEEP = 0.9;
const MOST_LETTERS = 6;

interface Drawn {
  tag: string;
  line: Line;
  /** Height at which the file has it, local frame. */
  level: number;
  ends: [Vector3, Vector3];
}

interface Bubble {
  x: number;
  y: number;
  tag: string;
  isNamed: boolean;
}

export class Axes {
  readonly group = new Group();
  readonly layer = svg("svg", { class: "axes", "aria-hidden": "true" });
  private readonly drawn: Drawn[];
  private named = new Set<string>();
  private bubbles: Bubble[] = [];
  private cutAt: number | null = null;
  private readonly top: number;

  constructor(private readonly facts: Facts, private readonly stage: Stage, subject: Box3) {
    this.top = subject.max.z + LIFT_M;
    const material = new LineDashedMaterial({ color: 0x5c6874, dashSize: 1.2, gapSize: 0.35 });
    this.drawn = facts.axes.flatMap((axis) => drawnOf(axis, subject, material));
    if (this.drawn.length) this.group.add(...this.drawn.map(({ line }) => line));
    stage.afterDraw.push(() => this.place());
  }

  /** Before each picture: lines go where the building is cut; else seen from above they lie on top, not beneath it. */
  settle(): void {
    const above = this.isSteep() ? this.top : null;
    for (const axis of this.drawn) axis.line.position.z = (this.cutAt ?? above ?? axis.level) - axis.level;
  }

  /** What is cut and whether axes are shown; the axes that tell where the chosen finding is stand out. */
  follow(state: State, whole: Cut): void {
    this.group.visible = state.layers.grid.visible;
    this.cutAt = state.cut.high[2] < whole.high[2] ? state.cut.high[2] + LIFT_M : null;
    const finding = state.finding === null ? null : this.facts.findings[state.finding];
    this.named = new Set(finding?.axes?.tags ?? []);
    this.stage.redraw();
  }

  /** The bubbles as they stand, on a drawing that holds no elements. */
  paint(pen: CanvasRenderingContext2D, ratio: number, font: string): void {
    for (const { x, y, tag } of this.bubbles) {
      pen.beginPath();
      pen.arc(x * ratio, y * ratio, RADIUS_PX * ratio, 0, 2 * Math.PI);
      pen.fillStyle = "#ffffff";
      pen.fill();
      pen.strokeStyle = pen.fillStyle = "#1d242c";
      pen.lineWidth = ratio;
      pen.stroke();
      pen.font = `600 ${sizeOf(tag) * ratio}px ${font}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(tag, x * ratio, y * ratio, 1.8 * RADIUS_PX * ratio);
    }
    pen.textAlign = "start";
    pen.textBaseline = "alphabetic";
  }

  private place(): void {
    this.bubbles = this.group.visible ? this.free() : [];
    this.layer.replaceChildren(...this.bubbles.map(bubble));
  }

  /** Bubbles that do not touch, those of the chosen finding before all others. */
  private free(): Bubble[] {
    const found: Bubble[] = [];
    const ranked = [...this.drawn].sort((a, b) => Number(this.named.has(b.tag)) - Number(this.named.has(a.tag)));
    for (const axis of ranked) {
      for (const end of this.endsOf(axis)) {
        const at = this.stage.project(end);
        if (!at || found.some(({ x, y }) => Math.hypot(x - at.x, y - at.y) < APART_PX)) continue;
        found.push({ ...at, tag: bounded(axis.tag, MOST_LETTERS), isNamed: this.named.has(axis.tag) });
      }
    }
    return found;
  }

  private endsOf(axis: Drawn): Vector3[] {
    const ends = axis.ends.map((end) => end.clone().setZ(end.z + axis.line.position.z));
    if (this.isSteep()) return ends;
    const look = this.stage.camera.getWorldDirection(new Vector3());
    return [ends.reduce((near, end) => (end.dot(look) < near.dot(look) ? end : near))];
  }

  private isSteep(): boolean {
    return Math.abs(this.stage.camera.getWorldDirection(new Vector3()).z) > STEEP;
  }
}

function drawnOf(axis: Axis, subject: Box3, material: LineDashedMaterial): Drawn[] {
  const size = subject.getSize(new Vector3());
  const room = Math.max(BEYOND_M, BEYOND * Math.max(size.x, size.y));
  const around = subject.clone().expandByVector(new Vector3(room, room, 0));
  const points = axis.points.map((point) => new Vector3(...point));
  const parts = points.slice(1).flatMap((point, i) => within(points[i] as Vector3, point, around));
  const [first, last] = [parts[0], parts[parts.length - 1]];
  if (!first || !last) return [];
  const shape = new BufferGeometry().setFromPoints([first[0], ...parts.map(([, end]) => end)]);
  const line = new Line(shape, material);
  line.computeLineDistances();
  return [{ tag: axis.tag, line, level: first[0].z, ends: [first[0], last[1]] }];
}

/** The part of a line that lies in a box, seen from above. */
function within(start: Vector3, end: Vector3, box: Box3): [Vector3, Vector3][] {
  let [from, to] = [0, 1];
  for (const axis of ["x", "y"] as const) {
    const [way, low, high] = [end[axis] - start[axis], box.min[axis] - start[axis], box.max[axis] - start[axis]];
    if (way === 0) {
      if (low > 0 || high < 0) return [];
      continue;
    }
    from = Math.max(from, Math.min(low / way, high / way));
    to = Math.min(to, Math.max(low / way, high / way));
  }
  return from < to ? [[start.clone().lerp(end, from), start.clone().lerp(end, to)]] : [];
}

function sizeOf(tag: string): number {
  return tag.length > 2 ? (tag.length > 4 ? 6.5 : 8.5) : 11;
}

function bubble({ x, y, tag, isNamed }: Bubble): SVGElement {
  const text = svg("text", { x, y, "font-size": sizeOf(tag) });
  text.textContent = tag;
  return svg("g", { class: isNamed ? "named" : "" }, svg("circle", { cx: x, cy: y, r: RADIUS_PX }), text);
}
