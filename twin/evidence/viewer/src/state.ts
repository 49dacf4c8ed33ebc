// What the reader has chosen: one object, replaced as a whole, heard by whoever shows it.

import type { ColourBy } from "./cloud";
import type { FindingVerdict, Vector } from "./facts";

export type LayerName = "model" | "unseen" | "context" | "points" | "added" | "removed" | "moved" | "object" | "stations" | "grid";

/** From place to place, around an area, or from a place to the approved model. */
export type MeasureBy = "length" | "area" | "model";
export const MEASURES: MeasureBy[] = ["length", "area", "model"];

export interface Layer {
  visible: boolean;
  opacity: number;
}

export interface Cut {
  low: Vector;
  high: Vector;
}

export interface State {
  finding: number | null;
  element: number | null;
  layers: Record<LayerName, Layer>;
  colourBy: ColourBy;
  pointSize: number;
  hiddenClasses: number;
  cut: Cut;
  /** Share of the width at which approved ends and built begins; null where they are not compared. */
  compare: number | null;
  isMeasuring: boolean;
  measureBy: MeasureBy;
  isParallel: boolean;
  filter: FindingVerdict | null;
}

export const LAYERS: LayerName[] = ["model", "unseen", "context", "points", "added", "removed", "moved", "object", "stations", "grid"];

export function firstState(whole: Cut): State {
  const layer = (opacity: number, visible = true): Layer => ({ visible, opacity });
  return {
    finding: null,
    element: null,
    layers: {
      model: layer(1),
      unseen: layer(1),
      context: layer(1),
      points: layer(1),
      added: layer(0.85),
      removed: layer(0.6),
      moved: layer(0.6),
      object: layer(0.22),
      stations: layer(1, false),
      grid: layer(1),
    },
    colourBy: "deviation",
    pointSize: 1,
    hiddenClasses: 0,
    cut: whole,
    compare: null,
    isMeasuring: false,
    measureBy: "length",
    isParallel: false,
    filter: null,
  };
}

type Listener = (state: State, before: State) => void;

export class Store {
  private listeners: Listener[] = [];

  constructor(public state: State) {}

  set(patch: Partial<State>): void {
    const before = this.state;
    this.state = { ...before, ...patch };
    for (const listener of [...this.listeners]) listener(this.state, before);
  }

  setLayer(name: LayerName, patch: Partial<Layer>): void {
    const layers = { ...this.state.layers, [name]: { ...this.state.layers[name], ...patch } };
    this.set({ layers });
  }

  /** Calls at once and at every change, until the returned function is called. */
  hear(listener: Listener): () => void {
    this.listeners.push(listener);
    listener(this.state, this.state);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }
}

export function isCut(state: State, whole: Cut): boolean {
  return state.cut.low.some((v, i) => v > (whole.low[i] as number)) || state.cut.high.some((v, i) => v < (whole.high[i] as number));
}
