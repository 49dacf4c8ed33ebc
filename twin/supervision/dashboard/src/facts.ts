// What the page carries; written by facts.py.

export type Status = "inconsistent" | "borderline" | "consistent" | "undecided" | "failed" | "not_inspected";
export type Tier = "high" | "medium" | "low";
export type Unit = "project" | "check" | "inspection" | "finding";
export type Place = [number, number];
/** Bits of the rates in whose numerator, and in whose denominator, a thing is. */
export type Counts = [number, number];
export type Rgb = [number, number, number];

/** Gravest first. */
export const STATUSES: Status[] = ["inconsistent", "borderline", "undecided", "consistent", "failed", "not_inspected"];
export const TIERS: Tier[] = ["high", "medium", "low"];

export interface Inspection {
  milestone: string;
  date: string;
  verdict: Status | null;
  failed: string | null;
  address: string | null;
  counts: Counts;
}

export interface Finding {
  kind: string;
  verdict: string;
  title: string;
  storey: string | null;
  state: string;
  standing: string;
  proposed: string | null;
  first: string;
  last: string;
  /** What persons decided, in order, and in which month. */
  decided: [string, string][];
  area: number | null;
  volume: number | null;
  height: number | null;
  addition: boolean;
  standing_addition: boolean;
  counts: Counts;
}

export interface Project {
  number: string;
  name: string;
  district: string | null;
  cell: string | null;
  tier: Tier;
  score: number;
  status: Status;
  milestone: string | null;
  at: Place | null;
  ring: Place[];
  /** Confirmed findings that are open: they outrank the latest verdict. */
  open: number;
  reasons: [Record<"en" | "zh", string>, number][];
  /** A milestone, "patrol" or "re-inspection"; the day; days overdue. */
  due: [string, string, number][];
  undated: string[];
  undecided: [string, string][];
  counts: Counts;
  checks: [number, number, string][];
  inspections: Inspection[];
  findings: Finding[];
}

export interface Facts {
  title: string;
  date: string;
  language: "en" | "zh";
  crs: string | null;
  origin: Place;
  hulls: { district: string; ring: Place[] }[];
  colours: Record<Status, Rgb>;
  words: Record<"en" | "zh", Record<string, string>>;
  milestones: { name: string; code: string }[];
  rates: Record<Unit, string[]>;
  estimates: string[];
  few: number;
  /** Number or folder of each project that could not be read, and why. */
  unreadable: [string, string][];
  projects: Project[];
}
