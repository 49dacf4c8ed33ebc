// Many bodies as one mesh: each vertex names its owner, each owner has a style.

import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  Group,
  LineSegments,
  Mesh,
  NearestFilter,
  RGBAFormat,
  Sphere,
  UnsignedByteType,
  Vector3,
} from "three";
import type { MeshAbout } from "./facts";
import { ownedMaterial, type OwnedUniforms, type Shared, type Stage } from "./materials";
import { readTables, table, type Table } from "./packing";
import type { Rgb } from "./palette";

const WIDE = 1024;

export interface Style {
  colour: Rgb;
  opacity: number;
  hatched?: boolean;
  /** Whether its inside may be filled where a section cuts it. */
  closed?: boolean;
  /** Opacity of its lines. */
  lines: number;
}

export interface Look {
  /** Drawn nearer by this share of the depth, so that it wins over a surface in the same place. */
  nearer: number;
  /** Lines in the owner's colour (1) or in the theme's (0). */
  ownColour: number;
  /** Place in the picture's order. */
  order: number;
}

export class OwnedMesh {
  readonly group = new Group();
  readonly geometry = new BufferGeometry();
  readonly owner: Int32Array;
  readonly uniforms: OwnedUniforms;
  private readonly texels: Uint8Array<ArrayBuffer>;
  private readonly translucent: Mesh[] = [];

  constructor(tables: Map<string, Table>, about: MeshAbout, owners: number, common: Shared, look: Look) {
    this.owner = table<Int32Array>(tables, "owner");
    const vertices = Float32Array.from(table<Int32Array>(tables, "vertex"), (steps) => steps * about.step_m);
    const [place, owner] = [new BufferAttribute(vertices, 3), new BufferAttribute(Float32Array.from(this.owner), 1)];
    this.geometry.setAttribute("position", place).setAttribute("owner", owner);
    this.geometry.setIndex(indices(table<Int32Array>(tables, "triangle"), place.count));
    this.geometry.computeBoundingSphere();
    this.texels = new Uint8Array(WIDE * Math.max(1, Math.ceil((owners * 2) / WIDE)) * 4);
    this.uniforms = {
      styles: { value: texture(this.texels) },
      stylesWide: { value: WIDE },
      lineColour: { value: new Vector3() },
    };
    this.addFaces(common, look);
    const lines = new BufferGeometry().setAttribute("position", place).setAttribute("owner", owner);
    lines.setIndex(indices(table<Int32Array>(tables, "crease"), place.count));
    lines.boundingSphere = this.geometry.boundingSphere;
    const drawn = new LineSegments(lines, ownedMaterial("lines", this.uniforms, common, look.nearer, look.ownColour));
    drawn.renderOrder = look.order + 3;
    this.group.add(drawn);
  }

  private addFaces(common: Shared, look: Look): void {
    (["opaque", "depth", "translucent"] as Stage[]).forEach((stage, place) => {
      const mesh = new Mesh(this.geometry, ownedMaterial(stage, this.uniforms, common, look.nearer, look.ownColour));
      mesh.renderOrder = stage === "opaque" ? 1 : look.order + place;
      if (stage !== "opaque") this.translucent.push(mesh);
      this.group.add(mesh);
    });
  }

  /** Gives every owner its style. */
  dress(styleOf: (owner: number) => Style): void {
    const owners = this.texels.length / 8;
    let anyTranslucent = false;
    for (let owner = 0; owner < owners; owner++) {
      const style = styleOf(owner);
      const opacity = Math.round(style.opacity * 255);
      anyTranslucent ||= opacity > 0 && opacity < 252;
      this.texels.set(texelsOf(style), owner * 8);
    }
    this.uniforms.styles.value.needsUpdate = true;
    for (const mesh of this.translucent) mesh.visible = anyTranslucent;
  }

  /** Whether an owner can be seen, so that it can be picked. */
  isShown(owner: number): boolean {
    return (this.texels[owner * 8 + 3] as number) > 0;
  }

  /** A second set of styles on the same shapes, to be swapped in and out. */
  swapped(styles: DataTexture): DataTexture {
    const before = this.uniforms.styles.value;
    this.uniforms.styles.value = styles;
    return before;
  }

  /** Sphere around everything, local frame. */
  bounds(): Sphere {
    return this.geometry.boundingSphere ?? new Sphere();
  }
}

export async function readOwned(name: string, about: MeshAbout, owners: number, common: Shared, look: Look): Promise<OwnedMesh> {
  return new OwnedMesh(await readTables(name, about.columns), about, owners, common, look);
}

/** Styles for `OwnedMesh.swapped`. */
export function stylesOf(owners: number, styleOf: (owner: number) => Style): DataTexture {
  const texels = new Uint8Array(WIDE * Math.max(1, Math.ceil((owners * 2) / WIDE)) * 4);
  for (let owner = 0; owner < owners; owner++) texels.set(texelsOf(styleOf(owner)), owner * 8);
  return texture(texels);
}

function texelsOf(style: Style): number[] {
  const shares = [style.hatched ? 1 : 0, style.closed ? 1 : 0, style.lines, 0];
  return [...style.colour, Math.round(style.opacity * 255), ...shares.map((share) => Math.round(share * 255))];
}

function texture(texels: Uint8Array<ArrayBuffer>): DataTexture {
  const made = new DataTexture(texels, WIDE, texels.length / WIDE / 4, RGBAFormat, UnsignedByteType);
  made.minFilter = made.magFilter = NearestFilter;
  made.needsUpdate = true;
  return made;
}

function indices(values: Int32Array, vertices: number): BufferAttribute {
  return new BufferAttribute(vertices < 65_536 ? Uint16Array.from(values) : Uint32Array.from(values), 1);
}
