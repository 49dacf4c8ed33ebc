// What is shown, and how strongly; how points are coloured; where everything is cut.

import type { App } from "./app";
import type { ColourBy } from "./cloud";
import { el, range } from "./dom";
import type { Vector } from "./facts";
import { metres } from "./format";
import { CHANGE, css, type Rgb } from "./palette";
import { layerOfElement } from "./dressing";
import { LAYERS, isCut, type LayerName } from "./state";
import { named, t, type Key } from "./texts";

type Hear = App["store"]["hear"];
const CUT_STEP_M = 0.01;

export function layersPanel(app: App, hear: Hear): HTMLElement {
  const present = LAYERS.filter((name) => isPresent(app, name));
  return el(
    "section",
    { class: "panel-part" },
    el("h2", {}, t("layers")),
    el("ul", { class: "layers" }, ...present.map((name) => layerRow(app, hear, name))),
  );
}

function isPresent(app: App, name: LayerName): boolean {
  const { facts } = app;
  if (name === "points") return facts.points > 0;
  if (name === "stations") return facts.stations.length > 0;
  if (name === "grid") return facts.axes.length > 0;
  if (facts.findings.some((finding) => finding.change === name)) return true;
  return facts.elements.name.some((_, owner) => layerOfElement(app, owner) === name);
}

function layerRow(app: App, hear: Hear, name: LayerName): HTMLElement {
  const label = t(`layer.${name}` as Key);
  const box = el("input", { label: t("show", { name: label }), attributes: { type: "checkbox", "data-layer": name } });
  box.addEventListener("change", () => app.store.setLayer(name, { visible: box.checked }));
  const slider = range({
    label: t("opacity_of", { name: label }),
    min: 0.05,
    max: 1,
    step: 0.05,
    value: 1,
    change: (opacity) => app.store.setLayer(name, { opacity, visible: true }),
  });
  const swatch = el("span", { class: `swatch ${name}` });
  const colour = swatchColour(app, name);
  if (colour) swatch.style.backgroundColor = css(colour);
  const row = el("li", {}, el("label", {}, box, swatch, el("span", {}, label)), slider);
  hear((state) => {
    box.checked = state.layers[name].visible;
    slider.value = String(state.layers[name].opacity);
    row.classList.toggle("off", !state.layers[name].visible);
  });
  if (name === "stations" || name === "grid") slider.remove();
  return row;
}

function swatchColour(app: App, name: LayerName): Rgb | null {
  if (name === "model") return app.theme.status.as_designed;
  if (name === "unseen") return app.theme.status.not_observed;
  if (name === "context") return app.theme.context;
  if (name === "points" || name === "stations" || name === "grid") return null;
  return CHANGE[name];
}

export function pointsPanel(app: App, hear: Hear): HTMLElement | null {
  if (!app.facts.points) return null;
  const ways: ColourBy[] = app.facts.has_photo ? ["deviation", "photo", "class", "height"] : ["deviation", "class", "height"];
  const buttons = ways.map((by) =>
    el("button", { attributes: { type: "button", "data-by": by }, on: { click: () => app.store.set({ colourBy: by }) } }, t(`by.${by}`)),
  );
  const size = range({
    label: t("point_size"),
    min: 0.3,
    max: 3,
    step: 0.1,
    value: 1,
    change: (pointSize) => app.store.set({ pointSize }),
  });
  hear((state) => {
    for (const node of buttons) node.setAttribute("aria-pressed", String(node.dataset.by === state.colourBy));
    size.value = String(state.pointSize);
  });
  return el(
    "section",
    { class: "panel-part" },
    el("h2", {}, t("colour_by")),
    el("div", { class: "segmented", label: t("colour_by"), attributes: { role: "group" } }, ...buttons),
    el("label", { class: "inline" }, el("span", {}, t("point_size")), size),
  );
}

export function sectionPanel(app: App, hear: Hear): HTMLElement {
  const reset = el(
    "button",
    { class: "link", attributes: { type: "button" }, on: { click: () => app.store.set({ cut: app.whole }) } },
    t("section.reset"),
  );
  hear((state) => {
    reset.hidden = !isCut(state, app.whole);
  });
  return el(
    "section",
    { class: "panel-part section" },
    el("h2", {}, t("section"), reset),
    ...([2, 0, 1] as const).map((axis) => axisRow(app, hear, axis)),
  );
}

function axisRow(app: App, hear: Hear, axis: 0 | 1 | 2): HTMLElement {
  const name = t((["section.x", "section.y", "section.z"] as const)[axis]);
  const origin = app.facts.origin[axis];
  const [low, high] = [app.whole.low[axis], app.whole.high[axis]];
  const span = { min: low, max: high, step: CUT_STEP_M };
  const from = range({ ...span, label: t("at_least", { axis: name }), value: low, change: (value) => cutAt(app, axis, "low", value) });
  const to = range({ ...span, label: t("at_most", { axis: name }), value: high, change: (value) => cutAt(app, axis, "high", value) });
  const text = el("output", {});
  const pair = el("div", { class: "pair" }, from, to);
  hear((state) => {
    const [a, b] = [state.cut.low[axis], state.cut.high[axis]];
    from.value = String(a);
    to.value = String(b);
    from.setAttribute("aria-valuetext", metres(a + origin, 2));
    to.setAttribute("aria-valuetext", metres(b + origin, 2));
    text.textContent = `${metres(a + origin, 1)} … ${metres(b + origin, 1)}`;
    pair.style.setProperty("--from", String((a - low) / (high - low)));
    pair.style.setProperty("--to", String((b - low) / (high - low)));
  });
  return el("div", { class: "axis" }, el("div", { class: "axis-name" }, el("span", {}, name), text), pair);
}

/** Moves one side of the section box; the sides never pass each other. */
export function cutAt(app: App, axis: 0 | 1 | 2, side: "low" | "high", value: number): void {
  const { cut } = app.store.state;
  const moved: Vector = [...cut[side]];
  const limit = side === "low" ? cut.high[axis] - 0.05 : cut.low[axis] + 0.05;
  moved[axis] = side === "low" ? Math.min(value, limit) : Math.max(value, limit);
  app.store.set({ cut: { ...cut, [side]: moved } });
}

/** Colours of the points' classes, each a switch. */
export function classSwitches(app: App, colours: Rgb[]): HTMLElement[] {
  return colours.map((colour, kind) => {
    const isOff = ((app.store.state.hiddenClasses >> kind) & 1) === 1;
    const swatch = el("span", { class: "swatch" });
    swatch.style.backgroundColor = css(colour);
    return el(
      "button",
      {
        class: "class",
        attributes: { type: "button", "aria-pressed": String(!isOff) },
        on: { click: () => app.store.set({ hiddenClasses: app.store.state.hiddenClasses ^ (1 << kind) }) },
      },
      swatch,
      named("class", String(kind)),
    );
  });
}
