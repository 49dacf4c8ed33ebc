// Numbers as a reader wants them: with unit, no more digits than the uncertainty allows.

import type { Vector } from "./facts";

const THIN = "\u202f"; // narrow and unbreakable

/** Grouped by thin blanks, `digits` after the point. */
export function grouped(value: number, digits: number): string {
  const [whole = "", fraction] = Math.abs(value).toFixed(digits).split(".");
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN) + (fraction ? `.${fraction}` : "");
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

export function metres(value: number, digits = 3): string {
  return `${grouped(value, digits)}${THIN}m`;
}

export function millimetres(value: number, signed = false): string {
  const text = `${grouped(value * 1000, 0)}${THIN}mm`;
  return signed && Math.round(value * 1000) > 0 ? `+${text}` : text;
}

/** Decimals that show an uncertainty with two digits that count, three at most. */
export function digitsFor(uncertainty: number | null | undefined, otherwise: number): number {
  if (!uncertainty || uncertainty <= 0) return otherwise;
  return Math.min(3, Math.max(0, 1 - Math.floor(Math.log10(uncertainty))));
}

/** An uncertainty rounded up (GUM 7.2.6): no measurement claims to have none. */
function raised(uncertainty: number, digits: number): number {
  const step = 10 ** digits;
  return Math.ceil(uncertainty * step - 1e-9) / step;
}

/** `12.40 ± 0.12 m²`. */
export function quantity(value: number, uncertainty: number | null | undefined, unit: string, otherwise = 2): string {
  const digits = digitsFor(uncertainty, otherwise);
  const spread = uncertainty ? ` ± ${grouped(raised(uncertainty, digits), digits)}` : "";
  return `${grouped(value, digits)}${spread}${unit && THIN}${unit}`;
}

/** `≥ 11.9 m²`, rounded down: what is sure of a size that nobody saw the whole of. */
export function atLeast(value: number, uncertainty: number | null | undefined, unit: string): string {
  const digits = digitsFor(uncertainty, 2);
  const step = 10 ** digits;
  return `≥ ${grouped(Math.floor(value * step + 1e-9) / step, digits)}${unit && THIN}${unit}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)}${THIN}%`;
}

export function place(point: Vector, digits = 2): string {
  return point.map((value) => grouped(value, digits)).join("  ");
}

/** Untrusted text, bounded: nobody reads ten thousand characters of a name. */
export function bounded(text: string, most = 240): string {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : text;
}
