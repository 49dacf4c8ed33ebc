// Which colour and opacity everything has, from what the reader chose.

import type { App } from "./app";
import type { DataTexture } from "three";
import { CHANGE, SELECTED, unit } from "./palette";
import { stylesOf, type Style } from "./owned";
import type { LayerName, State } from "./state";

const LINES = 0.75;
const GHOST = 0.32;
/** Opacity of the rest while one finding is looked at. */
const ASIDE = 0.1;

export function dress(app: App): void {
  const { state } = app.store;
  app.model.uniforms.lineColour.value.set(...unit(app.theme.line));
  app.bodies.uniforms.lineColour.value.set(...unit(app.theme.line));
  app.model.dress((owner) => elementStyle(app, state, owner));
  app.bodies.dress((owner) => bodyStyle(app, state, owner));
  const points = state.layers.points;
  app.cloud.group.visible = points.visible;
  app.cloud.colourBy(state.colourBy);
  app.cloud.look({
    size: state.pointSize,
    opacity: points.opacity,
    chosen: state.finding ?? -1,
    hiddenClasses: state.layers.object.visible ? state.hiddenClasses : state.hiddenClasses | (1 << 3),
  });
  app.stage.common.cutLow.value.set(...state.cut.low);
  app.stage.common.cutHigh.value.set(...state.cut.high);
  app.stage.redraw();
}

/** The approved building alone, as the permit shows it. */
export function approvedStyles(app: App): DataTexture {
  const { elements } = app.facts;
  return stylesOf(elements.name.length, (owner) => ({
    colour: elements.role[owner] === "building" ? app.theme.status.as_designed : app.theme.context,
    opacity: elements.role[owner] === "movable" ? 0 : 1,
    lines: elements.role[owner] === "movable" ? 0 : LINES,
    closed: elements.closed[owner] ?? false,
  }));
}

export function layerOfElement(app: App, owner: number): LayerName {
  const { role, status } = app.facts.elements;
  if (role[owner] !== "building") return "context";
  if (status[owner] === "not_observed") return "unseen";
  if (status[owner] === "missing") return "removed";
  if (status[owner] === "displaced") return "moved";
  return "model";
}

function elementStyle(app: App, state: State, owner: number): Style {
  const { elements, findings } = app.facts;
  const status = elements.status[owner] ?? "not_observed";
  const layer = state.layers[layerOfElement(app, owner)];
  const isBuilding = elements.role[owner] === "building";
  const style: Style = {
    colour: isBuilding ? app.theme.status[status] : app.theme.context,
    opacity: layer.visible ? layer.opacity : 0,
    hatched: isBuilding && status === "not_observed",
    closed: elements.closed[owner] ?? false,
    lines: 0,
  };
  if (status === "not_due") style.opacity *= 0.35;
  style.lines = style.opacity * LINES;
  const finding = state.finding === null ? null : findings[state.finding];
  if (finding?.elements.includes(owner)) Object.assign(style, { colour: CHANGE[finding.change], opacity: 0.85, lines: 1, hatched: false });
  else if (finding) Object.assign(style, { opacity: Math.min(style.opacity, GHOST), lines: Math.min(style.lines, GHOST) });
  if (state.element === owner) Object.assign(style, { colour: SELECTED, opacity: Math.max(style.opacity, 0.9), hatched: false });
  return style;
}

function bodyStyle(app: App, state: State, owner: number): Style {
  const finding = app.facts.findings[owner];
  if (!finding) return { colour: [0, 0, 0], opacity: 0, lines: 0 };
  const layer = state.layers[finding.change];
  const isBox = app.facts.bodies.is_box[owner] ?? false;
  const isChosen = state.finding === owner;
  let opacity = layer.visible ? layer.opacity : 0;
  if (isChosen) opacity = Math.max(opacity, 0.8);
  else if (state.finding !== null) opacity = Math.min(opacity, ASIDE);
  // A box only says where to look: it has lines and no faces, so that what is in it stays visible.
  return { colour: CHANGE[finding.change], opacity: isBox ? 0 : opacity, closed: !isBox, lines: Math.min(opacity * 1.2, 1) };
}
