// The slider along the building's height, with its storeys: cuts everything above.

import type { App } from "./app";
import { button, el, foreign, range } from "./dom";
import { bounded, metres } from "./format";
import { cutAt } from "./layers";
import { t } from "./texts";

/** Above the floor, as plans are cut: through windows and doors. */
const PLAN_CUT_M = 1.2;
/** Labels closer than this would overlap, as a share of the slider. */
const LEAST_GAP = 0.042;

interface Level {
  name: string;
  elevation: number;
  isUnapproved: boolean;
}

export function storeySlider(app: App, hear: App["store"]["hear"]): HTMLElement {
  const [low, high] = [app.whole.low[2], app.whole.high[2]];
  const origin = app.facts.origin[2];
  const slider = range({
    label: t("cut_height"),
    min: low,
    max: high,
    step: 0.01,
    value: high,
    vertical: true,
    change: (value) => cutAt(app, 2, "high", value),
  });
  const flag = el("output", { class: "flag" });
  const track = el("div", { class: "track" }, slider, flag, ...marks(app, low, high));
  hear((state) => {
    const at = state.cut.high[2];
    slider.value = String(at);
    const text = at >= high ? t("uncut") : metres(at + origin, 2);
    slider.setAttribute("aria-valuetext", text);
    flag.textContent = text;
    track.style.setProperty("--at", String((at - low) / (high - low)));
    track.classList.toggle("cut", at < high);
  });
  return el("section", { class: "storeys", label: t("cut_height") }, track);
}

function marks(app: App, low: number, high: number): HTMLElement[] {
  let last = -1;
  return levels(app).flatMap((level) => {
    const share = (level.elevation - low) / (high - low);
    if (share < 0 || share > 1 || share - last < LEAST_GAP) return [];
    last = share;
    const node = button(
      t("cut_storey", { name: bounded(level.name, 60) }),
      { class: level.isUnapproved ? "mark unapproved" : "mark", on: { click: () => cutAt(app, 2, "high", level.elevation + PLAN_CUT_M) } },
      foreign(bounded(level.name, 18)),
    );
    node.style.setProperty("--at", String(share));
    return [node];
  });
}

/** Floors as approved and as found, ascending, local frame. */
export function levels(app: App): Level[] {
  const origin = app.facts.origin[2];
  const found = app.facts.storeys
    .filter((storey) => storey.status === "unapproved" && storey.measured_elevation_m !== null)
    .map((storey) => ({ name: t("unnamed_storey"), elevation: (storey.measured_elevation_m ?? 0) - origin, isUnapproved: true }));
  const approved = app.facts.levels.map((level) => ({ name: level.name, elevation: level.elevation_m - origin, isUnapproved: false }));
  return [...approved, ...found].sort((a, b) => a.elevation - b.elevation);
}

/** Cuts at the next floor up or down. */
export function stepLevel(app: App, direction: 1 | -1): void {
  const cuts = [...levels(app).map((level) => level.elevation + PLAN_CUT_M), app.whole.high[2]];
  const at = app.store.state.cut.high[2];
  const next = direction > 0 ? cuts.find((cut) => cut > at + 0.05) : cuts.reverse().find((cut) => cut < at - 0.05);
  if (next !== undefined) cutAt(app, 2, "high", Math.min(next, app.whole.high[2]));
}
