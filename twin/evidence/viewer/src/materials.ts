// Materials and the uniforms that all of them share.

import {
  DoubleSide,
  GLSL3,
  NoBlending,
  NormalBlending,
  RawShaderMaterial,
  Vector3,
  type DataTexture,
  type IUniform,
} from "three";
import { FACE_FRAGMENT, LINE_FRAGMENT, OWNED_VERTEX, POINT_FRAGMENT, POINT_VERTEX } from "./shaders";

/** One set for the whole page: a change reaches every material. */
export interface Shared {
  cutLow: IUniform<Vector3>;
  cutHigh: IUniform<Vector3>;
  eye: IUniform<Vector3>;
  isParallel: IUniform<boolean>;
  parallelDepth: IUniform<number>;
  cutColour: IUniform<Vector3>;
  pixelRatio: IUniform<number>;
  pixelsPerUnit: IUniform<number>;
  fadeColour: IUniform<Vector3>;
}

export function shared(): Shared {
  return {
    cutLow: { value: new Vector3(-1e9, -1e9, -1e9) },
    cutHigh: { value: new Vector3(1e9, 1e9, 1e9) },
    eye: { value: new Vector3() },
    isParallel: { value: false },
    parallelDepth: { value: 30 },
    cutColour: { value: new Vector3() },
    pixelRatio: { value: 1 },
    pixelsPerUnit: { value: 1 },
    fadeColour: { value: new Vector3() },
  };
}

export interface OwnedUniforms {
  styles: IUniform<DataTexture>;
  stylesWide: IUniform<number>;
  lineColour: IUniform<Vector3>;
}

/** Lines win over the faces they edge. */
const LINES_NEARER = 0.0003;

/** Of a finding's body: one that is seen through more lets other findings be seen behind it. */
const SOLID = 0.5;

export type Stage = "opaque" | "depth" | "translucent" | "lines";

/** Faces or lines of a mesh with owners, at one stage of the picture. */
export function ownedMaterial(stage: Stage, own: OwnedUniforms, common: Shared, nearer: number, ownColour: number): RawShaderMaterial {
  const isLine = stage === "lines";
  const blends = stage === "translucent" || isLine;
  return new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: OWNED_VERTEX,
    fragmentShader: isLine ? LINE_FRAGMENT : FACE_FRAGMENT,
    uniforms: {
      ...common,
      ...own,
      stage: { value: isLine ? 2 : stage === "opaque" ? 0 : 1 },
      solid: { value: stage === "depth" && ownColour > 0.5 ? SOLID : 0 },
      nearer: { value: isLine ? nearer + LINES_NEARER : nearer },
      ownColour: { value: ownColour },
    },
    side: DoubleSide,
    transparent: stage !== "opaque", // sorts it behind everything opaque
    blending: stage === "depth" ? NoBlending : NormalBlending,
    depthWrite: !blends,
    colorWrite: stage !== "depth",
  });
}

export function pointMaterial(own: Record<string, IUniform>, common: Shared): RawShaderMaterial {
  return new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: POINT_VERTEX,
    fragmentShader: POINT_FRAGMENT,
    uniforms: { ...common, ...own },
  });
}
