// Counts what the filters leave. What counts is said in counting.py; here bits are summed, nothing more.

import type { Counts, Facts, Finding, Inspection, Project, Unit } from "./facts";

export interface Rate {
  of: number;
  among: number;
}

export type Rates = Record<string, Rate>;

export interface Amount {
  area: number;
  volume: number;
  standingArea: number;
  standing: number;
  withArea: number;
  withVolume: number;
  among: number;
}

const Z95 = 1.959963984540054;

function counted(names: string[], things: Counts[]): Rates {
  const rates: Rates = {};
  names.forEach((name, bit) => {
    let of = 0;
    let among = 0;
    for (const [numerator, denominator] of things) {
      of += (numerator >>> bit) & 1;
      among += (denominator >>> bit) & 1;
    }
    rates[name] = { of, among };
  });
  return rates;
}

const checkCounts = ([numerator, denominator]: [number, number, string]): Counts => [numerator, denominator];
const countsOf = (thing: { counts: Counts }): Counts => thing.counts;

export function ratesOf(facts: Facts, projects: Project[]): Rates {
  const part = (unit: Unit, things: Counts[]): Rates => counted(facts.rates[unit], things);
  return {
    ...part("project", projects.map(countsOf)),
    ...part("check", projects.flatMap((project) => project.checks.map(checkCounts))),
    ...part("inspection", projects.flatMap((project) => project.inspections.map(countsOf))),
    ...part("finding", projects.flatMap((project) => project.findings.map(countsOf))),
  };
}

export function findingRates(facts: Facts, findings: Finding[]): Rates {
  return counted(facts.rates.finding, findings.map(countsOf));
}

export function inspectionRates(facts: Facts, inspections: Inspection[]): Rates {
  return counted(facts.rates.inspection, inspections.map(countsOf));
}

export function checkRates(facts: Facts, projects: Project[], milestone: string): Rates {
  return counted(facts.rates.check, projects.flatMap((project) => project.checks.filter(([, , at]) => at === milestone).map(checkCounts)));
}

/** Findings about which that was decided in a month. */
export function decidedIn(findings: Finding[], state: string, month: string): number {
  return findings.filter((finding) => finding.decided.some(([after, at]) => after === state && at === month)).length;
}

export function rate(rates: Rates, name: string): Rate {
  return rates[name] ?? { of: 0, among: 0 };
}

/** Sizes of confirmed additions: of all, and of those that are neither closed nor seen gone. */
export function amountOf(projects: Project[]): Amount {
  const amount = { area: 0, volume: 0, standingArea: 0, standing: 0, withArea: 0, withVolume: 0, among: 0 };
  for (const finding of projects.flatMap((project) => project.findings)) {
    if (finding.standing_addition) {
      amount.standing += 1;
      amount.standingArea += finding.area ?? 0;
    }
    if (!finding.addition) continue;
    amount.among += 1;
    amount.area += finding.area ?? 0;
    amount.volume += finding.volume ?? 0;
    amount.withArea += finding.area === null ? 0 : 1;
    amount.withVolume += finding.volume === null ? 0 : 1;
  }
  return amount;
}

/** 95 % score interval (Wilson 1927), as rates.py has it; nothing of nothing. */
export function interval({ of, among }: Rate): [number, number] | null {
  if (among === 0) return null;
  const share = of / among;
  const weight = Z95 ** 2 / among;
  const centre = (share + weight / 2) / (1 + weight);
  const half = (Z95 * Math.sqrt((share * (1 - share)) / among + weight / (4 * among))) / (1 + weight);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

export function grouped<T>(things: T[], keyOf: (thing: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

/** Days by which the most overdue inspection of a project is late. */
export function overdueDays(project: Project): number {
  return Math.max(0, ...project.due.map(([, , days]) => days));
}
