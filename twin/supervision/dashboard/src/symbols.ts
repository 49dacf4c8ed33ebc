// A shape and a colour for each status: told apart by colour-blind eyes, and in grey print.

import { svg } from "../../../evidence/viewer/src/dom";
import type { Facts, Rgb, Status } from "./facts";

/** Paths on a 16 x 16 grid. What was not observed or not inspected is hollow. */
export const PATHS: Record<Status, string> = {
  inconsistent: "M8 0.6L15.4 8L8 15.4L0.6 8Z",
  borderline: "M8 1.4L15.4 14.6L0.6 14.6Z",
  consistent: "M8 2.2A5.8 5.8 0 1 1 7.99 2.2Z",
  undecided: "M2 2H14V14H2ZM2 14L14 2",
  failed: "M2.4 2.4L13.6 13.6M13.6 2.4L2.4 13.6",
  not_inspected: "M8 3.4A4.6 4.6 0 1 1 7.99 3.4Z",
};
export const HOLLOW: Record<Status, boolean> = {
  inconsistent: false,
  borderline: false,
  consistent: false,
  undecided: true,
  failed: true,
  not_inspected: true,
};
export const SIZES: Record<Status, number> = { inconsistent: 11, borderline: 11, consistent: 9, undecided: 8.5, failed: 8, not_inspected: 8 };

export const css = (rgb: Rgb): string => `rgb(${rgb.join(", ")})`;

/** The status's sign for lists and legends; its name stands beside it. */
export function sign(facts: Facts, status: Status): SVGElement {
  const colour = css(facts.colours[status]);
  const path = svg("path", {
    d: PATHS[status],
    fill: HOLLOW[status] ? "none" : colour,
    stroke: HOLLOW[status] ? colour : "none",
    "stroke-width": 2,
  });
  return svg("svg", { viewBox: "-0.5 -0.5 17 17", class: "sign", "aria-hidden": "true" }, path);
}

/** Of a finding that accuses nobody. */
export function informationSign(): SVGElement {
  const path = svg("path", { d: "M8 3.2V3.8M8 7V13", fill: "none", stroke: "currentColor", "stroke-width": 2.2, "stroke-linecap": "round" });
  return svg("svg", { viewBox: "-0.5 -0.5 17 17", class: "sign", "aria-hidden": "true" }, path);
}
