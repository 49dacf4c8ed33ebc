// What the writer packed into the page; the counterpart of facts.py and shapes.py.

export type Vector = [number, number, number];
export type Change = "added" | "removed" | "moved" | "object";
export type FindingVerdict = "inconsistent" | "borderline" | "information";
export type ElementStatus = "as_designed" | "displaced" | "missing" | "not_observed" | "not_due";
export type Role = "building" | "movable" | "ground";

export interface Column {
  name: string;
  kind: "u1" | "u2" | "i2" | "i4";
  rows: number;
  width: number;
}

export interface MeshAbout {
  step_m: number;
  columns: Column[];
}

export interface BodiesAbout extends MeshAbout {
  is_box: boolean[];
}

export interface BlockAbout {
  corner: Vector;
  step_m: number;
  spacing_m: number;
  columns: Column[];
}

export type Size = "area_m2" | "volume_m3" | "height_m";

export interface Finding extends Record<Size, number | null> {
  id: string;
  kind: string;
  verdict: FindingVerdict;
  change: Change;
  storey: string | null;
  title: string;
  box: [Vector, Vector];
  uncertainty: Partial<Record<Size, number | null>>;
  /** What is sure of sizes that a side which was not seen leaves open. */
  at_least: Partial<Record<Size, number>>;
  confidence: number;
  elements: number[];
  points: number;
  caveats: string[];
  rule: string;
  axes: Place | null;
  pictures: { name: string; data: string }[];
}

/** One axis of the grid, local frame. */
export interface Axis {
  tag: string;
  points: Vector[];
}

/** Where a finding lies by the axes: in words of both languages, and the tags of those that it lies between. */
export interface Place {
  en: string;
  zh: string;
  tags: string[];
}

export interface Storey {
  name: string | null;
  status: string;
  design_elevation_m: number | null;
  measured_elevation_m: number | null;
  expanded_uncertainty_m: number | null;
  height_m: number | null;
}

export interface Elements {
  global_id: string[];
  name: string[];
  ifc_class: string[];
  role: Role[];
  closed: boolean[];
  storey: (string | null)[];
  status: ElementStatus[];
  deviation_m: (number | null)[];
  expanded_uncertainty_m: (number | null)[];
  coverage: number[];
  points: number[];
}

export interface Indicator {
  name: string;
  permitted: number | null;
  design: number | null;
  measured: number | null;
  expanded_uncertainty: number | null;
  unit: string;
  verdict: string;
}

export interface Extract {
  registration: { status?: string; mode?: string; residual_rms_m?: number; overlap?: number } | null;
  coverage: { design_surface?: number } | null;
  indicators: Indicator[] | null;
  versions: Record<string, string> | null;
}

export interface Facts {
  case: string;
  captured_on: string | null;
  digest: string;
  verdict: string;
  language: "en" | "zh";
  origin: Vector;
  north_deg: number;
  tolerance_m: number;
  crs: string | null;
  map_from_design: number[][] | null;
  design: string;
  findings: Finding[];
  storeys: Storey[];
  levels: { name: string; elevation_m: number }[];
  elements: Elements;
  axes: Axis[];
  stations: Vector[];
  points: number;
  /** Lowest and highest corner of the survey, local frame; null where there are no points. */
  box: [Vector, Vector] | null;
  has_photo: boolean;
  inspection: Extract;
  model: MeshAbout;
  bodies: BodiesAbout;
  cloud: BlockAbout[];
}
