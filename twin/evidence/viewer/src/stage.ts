// Cameras and controls. Nothing is drawn unless something changed.

import CameraControls from "camera-controls";
import {
  Box3,
  MathUtils,
  Matrix4,
  OrthographicCamera,
  PerspectiveCamera,
  Quaternion,
  Raycaster,
  Sphere,
  Spherical,
  Vector2,
  Vector3,
  Vector4,
} from "three";
import { Painter, type Split } from "./painter";
import type { Theme } from "./palette";

CameraControls.install({
  THREE: { Vector2, Vector3, Vector4, Quaternion, Matrix4, Spherical, Box3, Sphere, Raycaster, MathUtils },
});

const FIELD_OF_VIEW_DEG = 40;
const SLOW_FRAME_MS = 45;
/** Of the points, the least that is drawn while the view moves. */
const LEAST_SHARE = 0.02;
/** A picture at rest may take as long: of surveys that the machine cannot draw in that time an even part is drawn. */
const SLOW_REST_MS = 1200;
/** So many points a picture at rest shows in any case, and begins with; more follow where they are drawn quickly. */
const FIRST_POINTS = 500_000;
/** Room that tools, legend and scale take from the picture, CSS pixels. */
const TOOLS_PX = { above: 64, below: 112, side: 60 };

export type Camera = PerspectiveCamera | OrthographicCamera;

export class Stage {
  private readonly painter = new Painter();
  readonly canvas = this.painter.canvas;
  readonly common = this.painter.common;
  readonly scene = this.painter.scene;
  readonly controls: CameraControls;
  readonly isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  bounds = new Sphere(new Vector3(), 10);
  /** Called after each picture, to place what lies over it. */
  readonly afterDraw: (() => void)[] = [];
  /** Called before each picture with the share of points that can be drawn in time. */
  beforeDraw: (share: number) => void = () => {};
  /** Draws the left part as approved; set while comparing. */
  split: Split | null = null;

  private readonly perspective = new PerspectiveCamera(FIELD_OF_VIEW_DEG, 1, 0.1, 1000);
  private readonly parallel = new OrthographicCamera(-1, 1, 1, -1, 0.1, 1000);
  private size = new Vector2(1, 1);
  private isDirty = true;
  /** Until there is something to see nothing is drawn: software takes as long for an empty picture. */
  private isOpen = false;
  private isMoving = false;
  /** While a finger or button holds the view it may go on at any moment: a whole picture would only come between. */
  private isHeld = false;
  private share = 1;
  private restShare = 1;
  private leastAtRest = 1;
  private last = performance.now();
  private drawnAt = 0;
  private drawnShare = 1;
  /** Milliseconds that a picture of all points took last. */
  wholeMs = 0;

  constructor(host: HTMLElement) {
    host.append(this.canvas);
    for (const camera of [this.perspective, this.parallel]) camera.up.set(0, 0, 1);
    this.controls = this.makeControls();
    new ResizeObserver(() => this.fitToHost(host)).observe(host);
    this.fitToHost(host);
    requestAnimationFrame(() => this.tick());
  }

  get camera(): Camera {
    return this.controls.camera as Camera;
  }

  redraw(): void {
    this.isDirty = true;
  }

  dress(theme: Theme): void {
    this.painter.dress(theme);
    this.redraw();
  }

  /** Swaps between perspective and parallel, keeping what is seen at the target. */
  setParallel(isParallel: boolean): void {
    if (isParallel === this.common.isParallel.value) return;
    const [position, target] = [this.controls.getPosition(new Vector3()), this.controls.getTarget(new Vector3())];
    const tangent = Math.tan(MathUtils.degToRad(FIELD_OF_VIEW_DEG / 2));
    let distance = position.distanceTo(target);
    if (isParallel) {
      this.controls.camera = this.parallel;
      void this.controls.zoomTo(this.size.y / (2 * distance * tangent), false);
    } else {
      distance = this.size.y / this.parallel.zoom / (2 * tangent);
      position.sub(target).setLength(distance).add(target);
      this.controls.camera = this.perspective;
    }
    this.common.isParallel.value = isParallel;
    void this.controls.setLookAt(...position.toArray(), ...target.toArray(), false);
    this.redraw();
  }

  /** Turns the view to look from a direction at a box that then fills what the tools leave of the picture. */
  async look(from: Vector3, box: Box3): Promise<void> {
    const centre = box.getCenter(new Vector3());
    const back = from.clone().normalize();
    const right = new Vector3(0, 0, 1).cross(back).normalize();
    const up = back.clone().cross(right);
    const free = [this.size.x - 2 * TOOLS_PX.side, this.size.y - TOOLS_PX.above - TOOLS_PX.below].map((px) => Math.max(px, 120));
    const perPixel = (2 * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW_DEG / 2))) / this.size.y;
    const tangents = free.map((px) => (px / 2) * perPixel) as [number, number];
    let [distance, zoom] = [0, Infinity];
    for (const corner of cornersOf(box)) {
      corner.sub(centre);
      const [x, y, z] = [Math.abs(corner.dot(right)), Math.abs(corner.dot(up)), corner.dot(back)];
      distance = Math.max(distance, z + Math.max(x / tangents[0], y / tangents[1]));
      zoom = Math.min(zoom, (free[0] as number) / (2 * x), (free[1] as number) / (2 * y));
    }
    const position = back.multiplyScalar(distance).add(centre);
    const moves: Promise<unknown>[] = [this.controls.setLookAt(...position.toArray(), ...centre.toArray(), !this.isStill)];
    if (this.common.isParallel.value) moves.push(this.controls.zoomTo(zoom, !this.isStill));
    this.redraw();
    await Promise.all(moves);
  }

  /** Screen place of a point, in CSS pixels of the canvas; null behind the eye. */
  project(point: Vector3): { x: number; y: number } | null {
    const seen = point.clone().project(this.camera);
    if (seen.z > 1 || seen.z < -1) return null;
    return { x: ((seen.x + 1) / 2) * this.size.x, y: ((1 - seen.y) / 2) * this.size.y };
  }

  /** Ray through a place on the canvas, in CSS pixels. */
  ray(x: number, y: number): Raycaster {
    const caster = new Raycaster();
    caster.setFromCamera(new Vector2((x / this.size.x) * 2 - 1, 1 - (y / this.size.y) * 2), this.camera);
    return caster;
  }

  /** CSS pixels a metre at a distance from the eye. */
  pixelsPerMetre(distance: number): number {
    if (this.common.isParallel.value) return this.parallel.zoom;
    return this.size.y / (2 * distance * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW_DEG / 2)));
  }

  /** The picture as it stands, at full quality. */
  picture(): HTMLCanvasElement {
    this.draw(1);
    return this.canvas;
  }

  private makeControls(): CameraControls {
    const controls = new CameraControls(this.perspective, this.canvas);
    controls.dollyToCursor = true;
    controls.smoothTime = this.isStill ? 0 : 0.22;
    controls.draggingSmoothTime = this.isStill ? 0 : 0.08;
    controls.minDistance = 0.3;
    controls.maxPolarAngle = Math.PI * 0.98;
    controls.restThreshold = 0.002;
    controls.addEventListener("update", () => {
      this.isMoving = true;
      this.redraw();
    });
    controls.addEventListener("controlstart", () => {
      this.isHeld = true;
    });
    controls.addEventListener("controlend", () => {
      this.isHeld = false;
      if (this.drawnShare < this.restShare) this.redraw();
    });
    controls.addEventListener("rest", () => this.rest());
    controls.addEventListener("sleep", () => this.rest());
    return controls;
  }

  private rest(): void {
    this.isMoving = false;
    if (!this.isHeld) this.redraw();
  }

  private fitToHost(host: HTMLElement): void {
    const [width, height] = [Math.max(host.clientWidth, 1), Math.max(host.clientHeight, 1)];
    this.size.set(width, height);
    this.painter.resize(width, height);
    this.perspective.aspect = width / height;
    // The middle of the view is the middle of what the tools leave free.
    const lift = (TOOLS_PX.below - TOOLS_PX.above) / 2;
    for (const camera of [this.perspective, this.parallel]) camera.setViewOffset(width, height, 0, lift, width, height);
    Object.assign(this.parallel, { left: -width / 2, right: width / 2, top: height / 2, bottom: -height / 2 });
    this.redraw();
  }

  private tick(): void {
    requestAnimationFrame(() => this.tick());
    const now = performance.now();
    const moved = this.controls.update(Math.min((now - this.last) / 1000, 0.1));
    this.last = now;
    if (this.drawnAt) this.learn(now - this.drawnAt);
    this.drawnAt = 0;
    if (!this.isOpen || (!moved && !this.isDirty)) return;
    this.isDirty = false;
    const isCoarse = this.isHeld || (this.isMoving && moved);
    this.drawnShare = isCoarse ? Math.min(this.share, this.restShare) : this.restShare;
    this.draw(this.drawnShare);
    this.drawnAt = performance.now();
  }

  /** What the last picture took, from its beginning to the next one: software draws after the call has returned. */
  private learn(milliseconds: number): void {
    if (this.drawnShare === 1) this.wholeMs = milliseconds;
    if (this.isMoving || this.isHeld) this.adapt(milliseconds);
    else if (this.drawnShare === this.restShare) this.refine(milliseconds);
  }

  /** At rest: fewer points where a picture takes too long, more, at once, where it does not. */
  private refine(milliseconds: number): void {
    if (milliseconds > SLOW_REST_MS) this.restShare = Math.max(this.leastAtRest, this.restShare * 0.6);
    else if (this.restShare < 1 && milliseconds < SLOW_REST_MS / 3) {
      this.restShare = Math.min(1, this.restShare * 1.6);
      this.redraw();
    }
  }

  /** Draws fewer points while moving where the machine is slow, more where it keeps up. */
  private adapt(milliseconds: number): void {
    if (milliseconds > SLOW_FRAME_MS) this.share = Math.max(LEAST_SHARE, this.share * 0.6);
    else if (milliseconds < SLOW_FRAME_MS / 3) this.share = Math.min(1, this.share * 1.15);
  }

  /** How many points the page carries: where they are very many, pictures begin with a part of them. */
  expect(points: number): void {
    this.restShare = this.leastAtRest = Math.min(1, FIRST_POINTS / Math.max(points, 1));
  }

  /** Resolves once what is asked for now has been drawn. */
  async drawn(): Promise<void> {
    this.isOpen = true;
    this.redraw();
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  }

  private draw(share: number): void {
    this.beforeDraw(share);
    this.painter.draw(this.camera, this.bounds, this.split);
    for (const after of this.afterDraw) after();
  }
}

function cornersOf({ min, max }: Box3): Vector3[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map(
    (i) => new Vector3(i & 1 ? max.x : min.x, i & 2 ? max.y : min.y, i & 4 ? max.z : min.z),
  );
}
