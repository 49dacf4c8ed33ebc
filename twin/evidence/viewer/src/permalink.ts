// The view in the address: whoever opens the link sees the same.

import { Vector3 } from "three";
import type { App } from "./app";
import type { ColourBy } from "./cloud";
import type { Vector } from "./facts";
import { LAYERS, isCut, type State } from "./state";

/** As many layers as there were when links were first written. */
const FIRST_LAYERS = 9;

/** The address's fragment for what is shown now. */
export function fragment(app: App): string {
  const { state } = app.store;
  const { controls } = app.stage;
  const fields = new URLSearchParams();
  fields.set("eye", numbers([...design(app, controls.getPosition(new Vector3())), ...design(app, controls.getTarget(new Vector3()))], 3));
  if (state.isParallel) fields.set("zoom", numbers([app.stage.camera.zoom], 4));
  if (state.finding !== null) fields.set("finding", app.facts.findings[state.finding]?.id ?? "");
  if (state.element !== null) fields.set("element", app.facts.elements.global_id[state.element] ?? "");
  if (isCut(state, app.whole)) fields.set("cut", numbers([...shifted(app, state.cut.low), ...shifted(app, state.cut.high)], 3));
  fields.set("layers", LAYERS.map((name) => (state.layers[name].visible ? Math.round(state.layers[name].opacity * 100) : 0)).join("."));
  fields.set("by", state.colourBy);
  if (state.compare !== null) fields.set("compare", numbers([state.compare], 3));
  return `#${fields.toString()}`;
}

/** Brings back what a fragment describes; what it does not say, or says wrongly, stays as it is. */
export function restore(app: App, hash: string): boolean {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const eye = parsed(fields.get("eye"), 6);
  if (!eye) return false;
  app.store.set(stateFrom(app, fields));
  const [position, target] = [local(app, eye.slice(0, 3)), local(app, eye.slice(3))];
  void app.stage.controls.setLookAt(...position, ...target, false);
  const zoom = parsed(fields.get("zoom"), 1);
  if (zoom) void app.stage.controls.zoomTo(zoom[0] as number, false);
  app.stage.redraw();
  return true;
}

function stateFrom(app: App, fields: URLSearchParams): Partial<State> {
  const { facts, store } = app;
  const finding = facts.findings.findIndex(({ id }) => id === fields.get("finding"));
  const element = facts.elements.global_id.indexOf(fields.get("element") ?? "");
  const cut = parsed(fields.get("cut"), 6);
  const compare = parsed(fields.get("compare"), 1);
  const by = fields.get("by");
  return {
    finding: finding < 0 ? null : finding,
    element: element < 0 ? null : element,
    cut: cut ? { low: local(app, cut.slice(0, 3)), high: local(app, cut.slice(3)) } : app.whole,
    layers: layersFrom(store.state.layers, fields.get("layers")),
    colourBy: ["deviation", "photo", "class", "height"].includes(by ?? "") ? (by as ColourBy) : store.state.colourBy,
    compare: compare ? Math.min(1, Math.max(0, compare[0] as number)) : null,
    isParallel: fields.has("zoom"),
  };
}

function layersFrom(layers: State["layers"], text: string | null): State["layers"] {
  const values = text?.split(".").map(Number) ?? [];
  // Links written before a layer was added name fewer: the rest stays as it is.
  if (values.length < FIRST_LAYERS || values.length > LAYERS.length || values.some((value) => !(value >= 0 && value <= 100))) return layers;
  const result = { ...layers };
  LAYERS.forEach((name, i) => {
    const value = values[i];
    if (value === undefined) return;
    result[name] = value ? { visible: true, opacity: value / 100 } : { ...layers[name], visible: false };
  });
  return result;
}

function parsed(text: string | null, count: number): number[] | null {
  const values = text?.split(",").map(Number) ?? [];
  return values.length === count && values.every(Number.isFinite) ? values : null;
}

function numbers(values: number[], digits: number): string {
  return values.map((value) => String(Number(value.toFixed(digits)))).join(",");
}

function design(app: App, point: Vector3): number[] {
  return shifted(app, point.toArray());
}

function shifted(app: App, point: number[]): number[] {
  return point.map((value, i) => value + (app.facts.origin[i] as number));
}

function local(app: App, point: number[]): Vector {
  return point.map((value, i) => value - (app.facts.origin[i] as number)) as Vector;
}
