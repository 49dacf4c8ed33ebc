// The survey: blocks of points, each drawn by one call, unpacked one after another.

import {
  BufferAttribute,
  BufferGeometry,
  ClampToEdgeWrapping,
  DataTexture,
  Group,
  LinearFilter,
  NearestFilter,
  Points,
  RGBAFormat,
  Sphere,
  Vector3,
  type IUniform,
} from "three";
import type { BlockAbout, Facts } from "./facts";
import { pointMaterial, type Shared } from "./materials";
import { readTables, table } from "./packing";
import { CLASSES, RAMP_SIZE, deviationRamp, heightRamp, unit } from "./palette";

export type ColourBy = "deviation" | "photo" | "class" | "height";
/** Points this share of their distance wide leave the approved surface visible between them. */
const FILL = 0.55;
/** Two centimetres at 25 m: more than the noise of a survey, less than a wall. */
const NEARER = 0.0008;
const ORDER: ColourBy[] = ["deviation", "photo", "class", "height"];

export interface PointHit {
  place: Vector3;
  deviation: number | null;
  kind: number;
  finding: number;
}

export class Block {
  readonly points: Points;
  constructor(
    readonly about: BlockAbout,
    readonly place: Uint16Array,
    readonly colour: Uint8Array,
    readonly finding: Int16Array | Int32Array,
    material: ReturnType<typeof pointMaterial>,
  ) {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(place, 4));
    geometry.setAttribute("colour", new BufferAttribute(colour, 4, true));
    geometry.setAttribute("finding", new BufferAttribute(finding, 1));
    geometry.boundingSphere = sphereAround(place);
    this.points = new Points(geometry, material);
    this.points.position.set(...about.corner);
    this.points.scale.setScalar(about.step_m);
    this.points.renderOrder = 2;
    this.points.updateMatrixWorld();
  }

  get count(): number {
    return this.place.length / 4;
  }

  at(index: number, target: Vector3): Vector3 {
    const [corner, step, i] = [this.about.corner, this.about.step_m, index * 4];
    return target.set(
      corner[0] + (this.place[i] as number) * step,
      corner[1] + (this.place[i + 1] as number) * step,
      corner[2] + (this.place[i + 2] as number) * step,
    );
  }

  hit(index: number): PointHit {
    const steps = this.place[index * 4 + 3] as number;
    return {
      place: this.at(index, new Vector3()),
      deviation: steps === 0 ? null : (steps - 32_768) * 0.0001,
      kind: this.colour[index * 4 + 3] as number,
      finding: this.finding[index] as number,
    };
  }
}

export class Cloud {
  readonly group = new Group();
  readonly blocks: Block[] = [];
  readonly limit: number;
  private readonly own: Record<string, IUniform>;
  private readonly ramps: { deviation: DataTexture; height: DataTexture };
  private readonly material: ReturnType<typeof pointMaterial>;
  private shuffled = 1;

  constructor(private readonly facts: Facts, common: Shared) {
    this.limit = Math.max(0.05, 5 * facts.tolerance_m);
    this.ramps = {
      deviation: rampTexture(deviationRamp(facts.tolerance_m, this.limit), NearestFilter),
      height: rampTexture(heightRamp(), LinearFilter),
    };
    const spacing = facts.cloud.map((block) => block.spacing_m).sort((a, b) => a - b);
    this.own = {
      ramp: { value: this.ramps.deviation },
      classes: { value: CLASSES.map((rgb) => new Vector3(...unit(rgb))) },
      colourBy: { value: 0 },
      hiddenClasses: { value: 0 },
      limit: { value: this.limit },
      heights: { value: [0, 1] },
      size: { value: 1 },
      most: { value: 14 },
      nearer: { value: NEARER },
      chosen: { value: -1 },
      opacity: { value: 1 },
    };
    this.typicalSpacing = Math.min(Math.max(spacing[Math.floor(spacing.length / 2)] ?? 0.05, 0.005), 0.25);
    this.material = pointMaterial(this.own, common);
  }

  readonly typicalSpacing: number;
  private sizeFactor = 1;
  private finest = Infinity;

  /** A block drawn as the page's own are. */
  block(about: BlockAbout, place: Uint16Array, colour: Uint8Array, finding: Int16Array | Int32Array): Block {
    return new Block(about, place, colour, finding, this.material);
  }

  /** Distance of the finest points that are drawn beside the page's own: none is drawn wider. */
  set detailSpacing(spacing: number) {
    this.finest = spacing;
    this.fit();
  }

  private fit(): void {
    this.set("size", Math.min(this.typicalSpacing, this.finest) * FILL * this.sizeFactor);
  }

  /** Unpacks every block; the page stays alive between them. */
  async read(progress: (share: number) => void): Promise<void> {
    let done = 0;
    for (const [number, about] of this.facts.cloud.entries()) {
      const tables = await readTables(`cloud-${number}`, about.columns);
      const order = shuffledOrder(about.columns[0]?.rows ?? 0);
      const block = new Block(
        about,
        reordered(table<Uint16Array>(tables, "place"), order, 4),
        reordered(table<Uint8Array>(tables, "colour"), order, 4),
        reordered(table<Int16Array | Int32Array>(tables, "finding"), order, 1),
        this.material,
      );
      this.blocks.push(block);
      this.group.add(block.points);
      progress(++done / this.facts.cloud.length);
    }
    this.spanHeights();
  }

  /** Points are shuffled within a block, so any first part of it is an even sample. */
  showShare(share: number, besides: Iterable<Block> = []): void {
    if (share === 1 && this.shuffled === 1) return;
    this.shuffled = share;
    for (const block of [...this.blocks, ...besides]) {
      block.points.geometry.setDrawRange(0, share >= 1 ? Infinity : Math.max(1, Math.ceil(block.count * share)));
    }
  }

  colourBy(by: ColourBy): void {
    this.set("colourBy", ORDER.indexOf(by));
    this.set("ramp", by === "height" ? this.ramps.height : this.ramps.deviation);
  }

  look(look: { size: number; opacity: number; chosen: number; hiddenClasses: number }): void {
    this.sizeFactor = look.size;
    this.fit();
    this.set("opacity", look.opacity);
    this.set("chosen", look.chosen);
    this.set("hiddenClasses", look.hiddenClasses);
    const seen = look.opacity < 0.995;
    if (this.material.transparent !== seen) {
      this.material.transparent = seen;
      this.material.depthWrite = !seen || look.opacity > 0.5;
      this.material.needsUpdate = true;
    }
  }

  /** Lowest and highest elevation that nearly all points lie between, local frame. */
  heights(): [number, number] {
    return this.value("heights") as [number, number];
  }

  isHidden(kind: number): boolean {
    return (((this.value("hiddenClasses") as number) >> kind) & 1) === 1;
  }

  private set(name: string, value: unknown): void {
    (this.own[name] as IUniform).value = value;
  }

  private value(name: string): unknown {
    return (this.own[name] as IUniform).value;
  }

  private spanHeights(): void {
    const sample: number[] = [];
    const at = new Vector3();
    for (const block of this.blocks) {
      const stride = Math.max(1, Math.floor(block.count / 2000));
      for (let i = 0; i < block.count; i += stride) sample.push(block.at(i, at).z);
    }
    sample.sort((a, b) => a - b);
    const last = sample.length - 1;
    if (last > 0) this.set("heights", [sample[Math.round(last * 0.01)], sample[Math.round(last * 0.99)]]);
  }
}

function sphereAround(place: Uint16Array): Sphere {
  const low = new Vector3(Infinity, Infinity, Infinity);
  const high = low.clone().negate();
  const at = new Vector3();
  for (let i = 0; i < place.length; i += 4) {
    at.set(place[i] as number, place[i + 1] as number, place[i + 2] as number);
    low.min(at);
    high.max(at);
  }
  const centre = low.clone().add(high).multiplyScalar(0.5);
  return new Sphere(centre, centre.distanceTo(high));
}

/** A fixed shuffle (Fisher and Yates over a linear congruential generator): the same page, the same picture. */
function shuffledOrder(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let seed = 20_260_101;
  for (let i = count - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((seed / 4_294_967_296) * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

function reordered<T extends Uint16Array | Uint8Array | Int16Array | Int32Array>(values: T, order: Uint32Array, width: number): T {
  const result = new (values.constructor as new (length: number) => T)(values.length);
  for (let i = 0; i < order.length; i++) {
    const from = (order[i] as number) * width;
    for (let w = 0; w < width; w++) result[i * width + w] = values[from + w] as number;
  }
  return result;
}

function rampTexture(texels: Uint8Array<ArrayBuffer>, filter: typeof NearestFilter | typeof LinearFilter): DataTexture {
  const made = new DataTexture(texels, RAMP_SIZE, 1, RGBAFormat);
  made.minFilter = made.magFilter = filter;
  made.wrapS = ClampToEdgeWrapping;
  made.needsUpdate = true;
  return made;
}
