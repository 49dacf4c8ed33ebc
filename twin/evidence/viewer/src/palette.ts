// Colours with one meaning each. Red, blue and violet belong to findings alone; deviations run from teal to ochre.

import type { Change, ElementStatus } from "./facts";

export type Rgb = [number, number, number];

export const CHANGE: Record<Change, Rgb> = {
  added: [224, 49, 26],
  removed: [0, 104, 178],
  moved: [142, 59, 166],
  object: [139, 119, 96],
};

export const CLASSES: Rgb[] = [
  [154, 166, 172], // as designed
  [214, 146, 22], // deviating
  CHANGE.added,
  CHANGE.object,
  [176, 168, 142], // ground
  [121, 160, 132], // furniture
  [72, 78, 88], // unexplained
];

export const SELECTED: Rgb = [255, 196, 0];

export interface Theme {
  name: "light" | "dark";
  above: Rgb;
  below: Rgb;
  cut: Rgb;
  line: Rgb;
  fade: Rgb;
  status: Record<ElementStatus, Rgb>;
  context: Rgb;
}

export const LIGHT: Theme = {
  name: "light",
  above: [250, 251, 252],
  below: [222, 227, 232],
  cut: [52, 60, 70],
  line: [58, 68, 80],
  fade: [226, 230, 234],
  status: {
    as_designed: [236, 234, 229],
    displaced: [190, 160, 226],
    missing: [150, 184, 250],
    not_observed: [158, 176, 198],
    not_due: [220, 224, 228],
  },
  context: [205, 208, 200],
};

export const DARK: Theme = {
  name: "dark",
  above: [24, 28, 34],
  below: [38, 44, 53],
  cut: [12, 15, 19],
  line: [18, 22, 28],
  fade: [44, 50, 58],
  status: {
    as_designed: [178, 181, 184],
    displaced: [164, 128, 214],
    missing: [92, 138, 232],
    not_observed: [92, 112, 140],
    not_due: [84, 92, 102],
  },
  context: [120, 124, 116],
};

/** Inside the design, within tolerance, outside: distinct for every kind of colour vision, and in grey print. */
const INSIDE: Rgb[] = [[1, 78, 92], [30, 132, 143], [128, 190, 193]];
const WITHIN: Rgb = [186, 206, 176];
const OUTSIDE: Rgb[] = [[245, 205, 98], [229, 150, 30], [146, 72, 4]];
const LOW_TO_HIGH: Rgb[] = [[54, 48, 98], [49, 104, 142], [38, 160, 140], [110, 206, 98], [240, 228, 70]];

export const RAMP_SIZE = 256;

/** 256 RGBA texels over -limit .. limit; the tolerance band is one plain colour with hard ends. */
export function deviationRamp(tolerance: number, limit: number): Uint8Array<ArrayBuffer> {
  return ramp((share) => {
    const value = (2 * share - 1) * limit;
    if (Math.abs(value) <= tolerance) return WITHIN;
    const beyond = (Math.abs(value) - tolerance) / Math.max(limit - tolerance, 1e-9);
    return value > 0 ? along(OUTSIDE, beyond) : along([...INSIDE].reverse(), beyond);
  });
}

export function heightRamp(): Uint8Array<ArrayBuffer> {
  return ramp((share) => along(LOW_TO_HIGH, share));
}

function ramp(colour: (share: number) => Rgb): Uint8Array<ArrayBuffer> {
  const texels = new Uint8Array(RAMP_SIZE * 4);
  for (let i = 0; i < RAMP_SIZE; i++) texels.set([...colour(i / (RAMP_SIZE - 1)), 255], i * 4);
  return texels;
}

function along(stops: Rgb[], share: number): Rgb {
  const position = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const left = Math.min(Math.floor(position), stops.length - 2);
  const [a, b] = [stops[left] as Rgb, stops[left + 1] as Rgb];
  return [0, 1, 2].map((i) => Math.round((a[i] as number) + (position - left) * ((b[i] as number) - (a[i] as number)))) as Rgb;
}

export function css(rgb: Rgb): string {
  return `rgb(${rgb.join(" ")})`;
}

export function unit(rgb: Rgb): Rgb {
  return rgb.map((value) => value / 255) as Rgb;
}
