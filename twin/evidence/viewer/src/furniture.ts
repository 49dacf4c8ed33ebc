// North, scale and coordinates: what makes a picture a drawing.

import { Plane, Vector3 } from "three";
import { inDesign, northOf, onMap, type App } from "./app";
import { button, el, svg } from "./dom";
import { metres, millimetres, place } from "./format";
import type { Picker } from "./pick";
import { t } from "./texts";
import { showNorthUp } from "./views";

const WIDEST_BAR_PX = 130;

export function compass(app: App): HTMLElement {
  const needle = svg(
    "g",
    {},
    svg("path", { d: "M0-15L5 2H-5z", class: "to-north" }),
    svg("path", { d: "M0 15L5-2H-5z", class: "to-south" }),
  );
  const letter = svg("text", { y: -19, class: "letter" });
  letter.textContent = "N";
  const rose = svg("g", { transform: "translate(30 30)" }, svg("circle", { r: 27, class: "rim" }), needle, letter);
  const node = button(t("north"), { class: "compass", on: { click: () => void showNorthUp(app) } });
  node.append(svg("svg", { viewBox: "0 0 60 60", "aria-hidden": "true" }, rose));
  const north = northOf(app.facts);
  app.stage.afterDraw.push(() => {
    const { camera } = app.stage;
    const right = new Vector3().setFromMatrixColumn(camera.matrixWorld, 0);
    const ahead = new Vector3(0, 0, 1).cross(right); // level and away from the eye
    const turn = Math.atan2(north.dot(right), north.dot(ahead));
    needle.setAttribute("transform", `rotate(${(turn * 180) / Math.PI})`);
    letter.setAttribute("x", String(Math.sin(turn) * 21));
    letter.setAttribute("y", String(-Math.cos(turn) * 21 + 3));
  });
  return node;
}

export function scaleBar(app: App): HTMLElement {
  const bar = el("span", { class: "bar" });
  const text = el("span", { class: "length" });
  const note = el("span", { class: "minor" });
  const target = new Vector3();
  app.stage.afterDraw.push(() => {
    app.stage.controls.getTarget(target);
    const distance = app.stage.camera.position.distanceTo(target);
    const perMetre = app.stage.pixelsPerMetre(distance);
    const length = roundLength(WIDEST_BAR_PX / perMetre);
    bar.style.width = `${length * perMetre}px`;
    text.textContent = length < 1 ? millimetres(length) : metres(length, 0);
    note.textContent = app.stage.common.isParallel.value ? "" : t("scale_here");
  });
  return el("div", { class: "scale-bar" }, el("div", {}, text, note), bar);
}

/** The longest of 1, 2, 5, 10, 20 ... that is no longer than `most`. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((factor) => factor * power <= most) ?? 1;
  return step * power;
}

/** Coordinates under the pointer, on whatever surface is there. */
export function readout(app: App, picker: Picker, host: HTMLElement): HTMLElement {
  const node = el("output", { class: "readout" });
  let due: PointerEvent | null = null;
  const show = (): void => {
    const event = due;
    due = null;
    if (!event || event.buttons) return;
    const { x, y } = within(host, event);
    const { surface, point } = picker.at(x, y);
    const hit = point?.hit.place ?? surface?.place ?? groundPlace(app, x, y);
    node.textContent = hit ? coordinates(app, hit) : "";
  };
  host.addEventListener("pointermove", (event) => {
    if (!due) setTimeout(show, 90);
    due = event;
  });
  return node;
}

function coordinates(app: App, hit: Vector3): string {
  const design = inDesign(app.facts, hit);
  const map = onMap(app.facts, design);
  const text = `${t("design_frame")}  ${place(design)}`;
  return map ? `${text}\n${app.facts.crs ?? t("map_frame")}  ${place(map)}` : text;
}

/** Where nothing is hit in plan view, the place at the level of the view's target. */
function groundPlace(app: App, x: number, y: number): Vector3 | null {
  if (!app.stage.common.isParallel.value) return null;
  const level = app.stage.controls.getTarget(new Vector3()).z;
  return app.stage.ray(x, y).ray.intersectPlane(new Plane(new Vector3(0, 0, 1), -level), new Vector3());
}

export function within(host: HTMLElement, event: MouseEvent): { x: number; y: number } {
  const box = host.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
