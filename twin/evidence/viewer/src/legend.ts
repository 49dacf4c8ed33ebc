// What the colours of the points mean.

import type { App } from "./app";
import { el, svg } from "./dom";
import { metres, millimetres } from "./format";
import { classSwitches } from "./layers";
import { CLASSES, RAMP_SIZE, deviationRamp, heightRamp } from "./palette";
import { t } from "./texts";

const WIDE = 244;

export function legend(app: App, hear: App["store"]["hear"]): HTMLElement {
  const node = el("section", { class: "legend floating", label: t("colour_by") });
  hear((state) => {
    node.hidden = !state.layers.points.visible || state.colourBy === "photo" || !app.facts.points;
    if (node.hidden) return;
    if (state.colourBy === "class") node.replaceChildren(el("div", { class: "classes" }, ...classSwitches(app, CLASSES)));
    else if (state.colourBy === "height") node.replaceChildren(...heightLegend(app));
    else node.replaceChildren(...deviationLegend(app));
  });
  return node;
}

function deviationLegend(app: App): HTMLElement[] {
  const { tolerance_m: tolerance } = app.facts;
  const limit = app.cloud.limit;
  const x = (value: number): number => ((value / limit + 1) / 2) * WIDE;
  const bar = strip(deviationRamp(tolerance, limit));
  const marks = [-limit, -tolerance, tolerance, limit].map((value) => tick(x(value), millimetres(value, true).replace(/\D*mm$/, "")));
  const band = svg("path", { d: `M${x(-tolerance)} 0v26M${x(tolerance)} 0v26`, class: "band" });
  const drawing = svg("svg", { viewBox: `-18 0 ${WIDE + 36} 40`, class: "scale", "aria-hidden": "true" }, ...bar, band, ...marks);
  const wrap = el("div", {});
  wrap.append(drawing);
  return [
    el("header", {}, el("strong", {}, t("deviation")), el("span", { class: "minor" }, `mm · ${t("tolerance", { n: millimetres(tolerance) })}`)),
    wrap,
    el("footer", { class: "minor" }, el("span", {}, `← ${t("deviation.inside")}`), el("span", {}, `${t("deviation.outside")} →`)),
  ];
}

function heightLegend(app: App): HTMLElement[] {
  const [low, high] = app.cloud.heights();
  const origin = app.facts.origin[2];
  const drawing = svg("svg", { viewBox: `-18 0 ${WIDE + 36} 26`, class: "scale", "aria-hidden": "true" }, ...strip(heightRamp()));
  const wrap = el("div", {});
  wrap.append(drawing);
  return [
    el("header", {}, el("strong", {}, t("by.height")), el("span", { class: "minor" }, t("design_frame"))),
    wrap,
    el("footer", { class: "minor" }, el("span", {}, metres(low + origin, 1)), el("span", {}, metres(high + origin, 1))),
  ];
}

function strip(texels: Uint8Array): SVGElement[] {
  const pieces: SVGElement[] = [];
  for (let i = 0; i < RAMP_SIZE; i += 2) {
    const fill = `rgb(${texels[i * 4]} ${texels[i * 4 + 1]} ${texels[i * 4 + 2]})`;
    pieces.push(svg("rect", { x: (i / RAMP_SIZE) * WIDE, y: 6, width: (2 / RAMP_SIZE) * WIDE + 0.5, height: 14, fill }));
  }
  return pieces;
}

function tick(x: number, text: string): SVGElement {
  const label = svg("text", { x, y: 37 });
  label.textContent = text;
  return label;
}
