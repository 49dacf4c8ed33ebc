// Draws: background, scene, and a pass that brings out shape. Knows nothing of what the reader does.

import {
  ColorManagement,
  DepthStencilFormat,
  DepthTexture,
  GLSL3,
  LinearSRGBColorSpace,
  Mesh,
  PlaneGeometry,
  RawShaderMaterial,
  Scene,
  UnsignedInt248Type,
  Vector2,
  Vector3,
  WebGLRenderer,
  WebGLRenderTarget,
  type Sphere,
} from "three";
import { shared, type Shared } from "./materials";
import { unit, type Theme } from "./palette";
import { BACKGROUND_FRAGMENT, SHAPE_FRAGMENT, WHOLE_VERTEX } from "./shaders";
import type { Camera } from "./stage";

ColorManagement.enabled = false; // every colour here is a screen colour

/** How strongly depth shades; a parallel view spans fewer powers of two. */
const STRENGTH = { perspective: 45, parallel: 90 };
const SAMPLES = 4;

export interface Split {
  share: number;
  /** Prepares the left side; what it returns brings everything back. */
  left: () => () => void;
}

export class Painter {
  readonly common: Shared = shared();
  readonly scene = new Scene();
  readonly canvas: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly target: WebGLRenderTarget;
  private readonly background = whole(BACKGROUND_FRAGMENT, { above: { value: new Vector3() }, below: { value: new Vector3() } });
  private readonly shape: Mesh<PlaneGeometry, RawShaderMaterial>;
  private height = 1;

  constructor() {
    this.renderer = new WebGLRenderer({ antialias: false, preserveDrawingBuffer: true, powerPreference: "high-performance" });
    this.renderer.outputColorSpace = LinearSRGBColorSpace;
    this.renderer.autoClear = false;
    this.canvas = this.renderer.domElement;
    this.canvas.tabIndex = 0;
    this.target = new WebGLRenderTarget(1, 1, { samples: SAMPLES, stencilBuffer: true, depthTexture: depthAndStencil() });
    this.shape = whole(SHAPE_FRAGMENT, {
      picture: { value: this.target.texture },
      depths: { value: this.target.depthTexture },
      texel: { value: new Vector2() },
      range: { value: new Vector2() },
      isParallel: this.common.isParallel,
      strength: { value: 0 },
    });
  }

  dress(theme: Theme): void {
    const uniforms = this.background.material.uniforms;
    (uniforms.above?.value as Vector3).set(...unit(theme.above));
    (uniforms.below?.value as Vector3).set(...unit(theme.below));
    this.common.cutColour.value.set(...unit(theme.cut));
    this.common.fadeColour.value.set(...unit(theme.fade));
  }

  /** CSS pixels. */
  resize(width: number, height: number): void {
    const ratio = Math.min(devicePixelRatio, 2);
    this.height = height;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height);
    this.target.setSize(Math.round(width * ratio), Math.round(height * ratio));
    this.common.pixelRatio.value = ratio;
  }

  draw(camera: Camera, bounds: Sphere, split: Split | null): void {
    this.frameDepth(camera, bounds);
    this.renderer.setRenderTarget(this.target);
    this.target.scissorTest = false;
    this.renderer.clear();
    this.renderer.render(this.background, camera);
    if (split) this.drawSplit(camera, split);
    else this.renderer.render(this.scene, camera);
    this.renderer.setRenderTarget(null);
    this.renderer.render(this.shape, camera);
  }

  private drawSplit(camera: Camera, split: Split): void {
    const left = Math.round(this.target.width * split.share);
    this.target.scissorTest = true;
    const back = split.left();
    this.drawPart(camera, 0, left);
    back();
    this.drawPart(camera, left, this.target.width - left);
    this.target.scissorTest = false;
  }

  private drawPart(camera: Camera, x: number, width: number): void {
    if (width < 1) return;
    this.target.scissor.set(x, 0, width, this.target.height);
    this.renderer.setRenderTarget(this.target); // takes the scissor over
    this.renderer.render(this.scene, camera);
  }

  /** Near and far planes close around what there is: depth keeps its precision. */
  private frameDepth(camera: Camera, bounds: Sphere): void {
    camera.updateMatrixWorld();
    const direction = camera.getWorldDirection(new Vector3());
    const along = bounds.center.clone().sub(camera.position).dot(direction);
    const radius = bounds.radius * 1.02;
    const isParallel = this.common.isParallel.value;
    camera.near = isParallel ? along - radius : Math.max(along - radius, 0.05, (along + radius) / 4000);
    camera.far = Math.max(along + radius, camera.near + 1);
    camera.updateProjectionMatrix();
    const ratio = this.common.pixelRatio.value;
    this.common.eye.value.copy(isParallel ? direction.negate() : camera.position);
    this.common.pixelsPerUnit.value = ((camera.projectionMatrix.elements[5] as number) * this.height * ratio) / 2;
    this.frameShape(camera, isParallel, radius);
  }

  private frameShape(camera: Camera, isParallel: boolean, radius: number): void {
    const { texel, range, strength } = this.shape.material.uniforms;
    const ratio = this.common.pixelRatio.value;
    (texel?.value as Vector2).set(ratio / this.target.width, ratio / this.target.height);
    // Distances in a parallel view count from the near plane, which must then lie well before everything.
    if (isParallel) (range?.value as Vector2).set(radius * 4, radius * 4 + camera.far - camera.near);
    else (range?.value as Vector2).set(camera.near, camera.far);
    if (strength) strength.value = isParallel ? STRENGTH.parallel : STRENGTH.perspective;
  }
}

function depthAndStencil(): DepthTexture {
  const texture = new DepthTexture(1, 1);
  texture.format = DepthStencilFormat;
  texture.type = UnsignedInt248Type;
  return texture;
}

function whole(fragmentShader: string, uniforms: RawShaderMaterial["uniforms"]): Mesh<PlaneGeometry, RawShaderMaterial> {
  const material = new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: WHOLE_VERTEX,
    fragmentShader,
    uniforms,
    depthTest: false,
    depthWrite: false,
  });
  const mesh = new Mesh(new PlaneGeometry(2, 2), material);
  mesh.frustumCulled = false;
  return mesh;
}
