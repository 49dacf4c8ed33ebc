// The whole survey, where it is served in levels of detail (3D Tiles): as much of it as the view shows and memory bears.

import { Group, type BufferGeometry, type InterleavedBufferAttribute, type Object3D, type Points } from "three";
import { TilesRenderer } from "3d-tiles-renderer/three";
import type { App } from "./app";
import { Block } from "./cloud";
import type { Vector } from "./facts";

/** Where the page that is served says its tiles are. */
const META = 'meta[name="plumbline-tiles"]';
/** Points this far apart on screen, CSS pixels, are followed by finer ones. */
const FINEST_PX = 1.6;
const COARSEST_PX = 40;
/** Points drawn at once: hardware of ten years ago turns the most without stutter, software the least. */
const LEAST_POINTS = 300_000;
const MOST_POINTS = 4_000_000;
/** A picture at rest may take as long, and is refined where it takes less. */
const SLOW_MS = 700;
const QUICK_MS = 150;
const BYTES_A_POINT = 40;
const RETRY_MS = 1500;

export class Detail {
  readonly group = new Group();
  private readonly blocks = new Map<Object3D, Block>();
  private readonly tiles: TilesRenderer;
  /** Points of the tiles that are shown. */
  shown = 0;
  private budget = 1_000_000;

  private constructor(private readonly app: App, url: string, origin: Vector) {
    this.tiles = new TilesRenderer(url);
    this.tiles.errorTarget = FINEST_PX;
    this.tiles.lruCache.maxBytesSize = 2 * MOST_POINTS * BYTES_A_POINT;
    this.tiles.group.position.set(...(origin.map((value, i) => value - (app.facts.origin[i] as number)) as Vector));
    this.tiles.group.updateMatrixWorld(true);
    this.tiles.addEventListener("load-model", ({ scene }) => this.add(scene));
    this.tiles.addEventListener("dispose-model", ({ scene }) => this.drop(scene));
    this.tiles.addEventListener("tile-visibility-change", ({ scene, visible }) => this.show(scene, visible));
    this.tiles.addEventListener("needs-update", () => app.stage.redraw());
    app.cloud.group.add(this.group);
  }

  /** Joins the page once the tiles are there; null where the page carries all that there is. */
  static async of(app: App): Promise<Detail | null> {
    const url = document.querySelector<HTMLMetaElement>(META)?.content;
    if (!url) return null;
    for (;;) {
      const answer = await fetch(url);
      if (answer.status === 200) {
        const { asset } = (await answer.json()) as { asset: { extras: { origin_m: Vector } } };
        return new Detail(app, url, asset.extras.origin_m);
      }
      if (answer.status !== 202) return null; // 202: they are being made
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Before each picture: asks for what the view lacks, lets go of what it no longer needs. */
  update(share: number): void {
    const { stage } = this.app;
    for (const camera of [...this.tiles.cameras]) if (camera !== stage.camera) this.tiles.deleteCamera(camera);
    this.tiles.setCamera(stage.camera);
    this.tiles.setResolution(stage.camera, stage.canvas.clientWidth, stage.canvas.clientHeight);
    stage.camera.updateMatrixWorld();
    this.tiles.update();
    if (share === 1) this.fit();
  }

  /** Coarser where more is drawn than the machine bears, finer where it bears more. */
  private fit(): void {
    const { wholeMs } = this.app.stage;
    if (wholeMs > SLOW_MS) this.budget = Math.max(LEAST_POINTS, Math.min(this.budget, this.shown) / 1.5);
    else if (wholeMs < QUICK_MS) this.budget = Math.min(MOST_POINTS, this.budget * 1.2);
    this.app.stage.wholeMs = (SLOW_MS + QUICK_MS) / 2; // learnt
    const { errorTarget } = this.tiles;
    if (this.shown > this.budget) this.tiles.errorTarget = Math.min(COARSEST_PX, errorTarget * 1.25);
    else if (this.shown < this.budget / 2) this.tiles.errorTarget = Math.max(FINEST_PX, errorTarget / 1.1);
    if (this.tiles.errorTarget !== errorTarget) this.app.stage.redraw();
  }

  /** Blocks that are at hand, drawn or not. */
  all(): Iterable<Block> {
    return this.blocks.values();
  }

  /** Blocks that are drawn now. */
  *drawn(): Iterable<Block> {
    for (const block of this.blocks.values()) if (block.points.visible) yield block;
  }

  private add(scene: Object3D): void {
    scene.traverse((object) => {
      if ((object as Points).isPoints) this.blocks.set(scene, this.blockOf(object as Points));
    });
    const block = this.blocks.get(scene);
    if (!block) return;
    block.points.visible = false;
    this.group.add(block.points);
  }

  /** Tiles hold places and colours as the page's own blocks do, y-up, less the origin of the tiles. */
  private blockOf(points: Points): Block {
    const geometry = points.geometry as BufferGeometry;
    const of = (name: string) => (geometry.getAttribute(name) as InterleavedBufferAttribute).data.array;
    const place = of("position") as Uint16Array;
    const { x, y, z } = points.position;
    const shift = this.tiles.group.position;
    const corner: Vector = [x + shift.x, -z + shift.y, y + shift.z];
    const step_m = points.scale.x;
    const about = { corner, step_m, spacing_m: (step_m * 65_535) / 128, columns: [] };
    const none = new Int16Array(place.length / 4).fill(-1);
    const block = this.app.cloud.block(about, place, of("color") as Uint8Array, none);
    geometry.dispose();
    return block;
  }

  private show(scene: Object3D, visible: boolean): void {
    const block = this.blocks.get(scene);
    if (!block || block.points.visible === visible) return;
    block.points.visible = visible;
    this.shown += visible ? block.count : -block.count;
    let finest = Infinity;
    for (const each of this.drawn()) finest = Math.min(finest, each.about.spacing_m);
    this.app.cloud.detailSpacing = finest;
    this.app.stage.redraw();
  }

  private drop(scene: Object3D): void {
    const block = this.blocks.get(scene);
    if (!block) return;
    this.show(scene, false);
    this.group.remove(block.points);
    block.points.geometry.dispose();
    this.blocks.delete(scene);
  }
}
