// Months, milestones, kinds, what became of findings. Bars are numbers of things; tips and spoken tables say of how many.

import { el, foreign } from "../../../evidence/viewer/src/dom";
import { checkRates, decidedIn, findingRates, grouped, inspectionRates, rate, type Rate, type Rates } from "./count";
import { Drawing, spoken, tip } from "./drawing";
import type { Finding, Inspection, Status } from "./facts";
import { fill, type Look, look } from "./look";
import type { Chart, Store } from "./state";
import { named, number, t, type Key } from "./texts";

const VERDICTS: Status[] = ["inconsistent", "borderline", "undecided", "consistent"];
const STEPS = ["confirmed", "handed_over", "rectified", "closed"] as const;
const AGAIN = ["resolved", "persisting", "reopened", "no_longer_observed"] as const;
/** Decisions that a month is told of: by their own days, not by the survey that showed the finding. */
const DATED = ["confirmed", "handed_over", "rectified"] as const;
const DECISIONS = ["rectified", "confirmed", "awaiting", "dismissed"] as const;
const CHECKS = ["on_time", "missed", "passed_over"] as const;
type Decision = (typeof DECISIONS)[number];

export const fraction = ({ of, among }: Rate): string => t("n_of_n", { a: of, b: among });

/** Leads by what persons decided; the four parts add up to all leads. */
function decisions(rates: Rates): Record<Decision, number> {
  const confirmed = rate(rates, "confirmed");
  const rectified = rate(rates, "rectified").of;
  const dismissed = rate(rates, "dismissed").of;
  return { rectified, confirmed: confirmed.of - rectified, awaiting: confirmed.among - rate(rates, "decided").of, dismissed };
}

function byVerdict(inspections: Inspection[], status: Status): number {
  return inspections.filter((inspection) => (status === "failed" ? inspection.verdict === null && inspection.failed !== null : inspection.verdict === status)).length;
}

function axes(seen: Look, names: string[], lying: boolean, show: (name: string) => string = (name) => name): object {
  const words = { color: seen.soft, fontSize: 10.5, fontFamily: seen.font };
  const category = { type: "category", data: names, axisLine: { lineStyle: { color: seen.line } }, axisTick: { show: false }, axisLabel: { ...words, formatter: show, hideOverlap: true }, inverse: lying };
  const value = { type: "value", minInterval: 1, splitNumber: 3, splitLine: { lineStyle: { color: seen.line } }, axisLabel: words };
  return lying ? { yAxis: category, xAxis: value } : { xAxis: category, yAxis: value };
}

const decisionFill = (seen: Look, decision: Decision): object =>
  decision === "awaiting" ? { color: "transparent", borderColor: seen.awaiting, borderWidth: 1.1 } : { color: seen[decision] };

abstract class Panel {
  readonly node: HTMLElement;
  protected readonly drawing: Drawing;
  protected readonly told = el("div");

  constructor(protected readonly store: Store, title: string, className: string, heading?: HTMLElement, key?: HTMLElement) {
    this.drawing = new Drawing(title);
    this.node = el("section", { class: `panel chart ${className}`, label: title }, heading ?? el("h2", {}, title), key, this.drawing.box, this.told);
  }

  drop(): void {
    this.drawing.drop();
  }

  abstract follow(): void;
}

export class Months extends Panel {
  constructor(store: Store) {
    const decided = el("p", { class: "legend" }, el("b", {}, t("month.findings")), ...DECISIONS.map((decision) => el("span", {}, el("i", { class: `key ${decision}` }), named("legend", decision))));
    super(store, t("months"), "months", el("header", {}, el("h2", {}, t("months")), el("span", { class: "minor" }, t("month.inspections"))), decided);
  }

  follow(): void {
    const seen = look();
    const { facts } = this.store;
    const shown = this.store.shown();
    const inspections = grouped(shown.flatMap((project) => project.inspections.filter((each) => each.verdict !== null)), (each) => each.date.slice(0, 7));
    const all = shown.flatMap((project) => project.findings);
    const findings = grouped(all.filter((each) => leads(facts.rates.finding, each)), (each) => each.first.slice(0, 7));
    const names = monthsBetween([...inspections.keys(), ...findings.keys(), ...all.flatMap((each) => each.decided.map(([, month]) => month))]);
    const rates = names.map((name) => ({ ...inspectionRates(facts, inspections.get(name) ?? []), ...findingRates(facts, findings.get(name) ?? []) }));
    const series = [
      ...VERDICTS.map((status) => ({ type: "bar", id: status, stack: "inspections", itemStyle: fill(facts, status), data: names.map((name) => byVerdict(inspections.get(name) ?? [], status)) })),
      ...DECISIONS.map((decision) => ({ type: "bar", id: decision, stack: "findings", itemStyle: decisionFill(seen, decision), data: rates.map((each) => decisions(each)[decision]) })),
    ];
    const lines = (index: number): [string, string][] => {
      const own = rates[index] as Rates;
      return [
        [t("month.checked"), number(rate(own, "inspections_warned").among)],
        [t("rate.inspections_warned"), fraction(rate(own, "inspections_warned"))],
        [t("month.found"), number(findings.get(names[index] as string)?.length ?? 0)],
        ...DATED.map((state): [string, string] => [t(`month.${state}`), number(decidedIn(all, state, names[index] as string))]),
      ];
    };
    this.drawing.draw({
      grid: { left: 30, right: 6, top: 8, bottom: 20 },
      ...axes(seen, names, false),
      tooltip: tip(seen, (params: { dataIndex: number }[]) => tipOf(names[params[0]?.dataIndex ?? 0] ?? "", lines(params[0]?.dataIndex ?? 0)), "axis"),
      series: series.map((each) => ({ barMaxWidth: 16, barGap: "10%", barCategoryGap: "28%", ...each })),
    });
    const head = names.length ? [t("months"), ...lines(0).map(([name]) => name)] : [];
    this.told.replaceChildren(spoken(t("months.label"), head, names.map((name, index) => [name, ...lines(index).map(([, text]) => text)])));
  }
}

export class Parts extends Panel {
  private readonly buttons: Map<Chart, HTMLButtonElement>;

  constructor(store: Store) {
    const buttons = new Map<Chart, HTMLButtonElement>();
    for (const name of ["milestones", "kinds", "again"] as const) {
      buttons.set(name, el("button", { attributes: { type: "button", "data-chart": name }, on: { click: () => store.set({ chart: name }) } }, t(name)));
    }
    super(store, t("milestones"), "parts", el("div", { class: "tabs" }, ...buttons.values()));
    this.buttons = buttons;
    this.drawing.chart.on("click", (event) => {
      const chosen = store.facts.milestones.find((milestone) => milestone.name === event.name);
      if (chosen && store.state.chart === "milestones") store.set({ milestone: store.state.milestone === chosen.name ? null : chosen.name });
    });
  }

  follow(): void {
    for (const [name, node] of this.buttons) node.setAttribute("aria-pressed", String(this.store.state.chart === name));
    this.drawing.box.setAttribute("aria-label", t(this.store.state.chart));
    if (this.store.state.chart === "milestones") this.milestones(look());
    else if (this.store.state.chart === "kinds") this.kinds(look());
    else this.again(look());
  }

  private milestones(seen: Look): void {
    const { facts } = this.store;
    const shown = this.store.shown();
    const groups = grouped(shown.flatMap((project) => project.inspections), (each) => each.milestone);
    const asked = new Set(shown.flatMap((project) => project.checks.map(([, , milestone]) => milestone)));
    const known = facts.milestones.filter((milestone) => groups.has(milestone.name) || asked.has(milestone.name));
    const names = known.map((milestone) => milestone.name);
    const title = (name: string): string => `${facts.milestones.find((milestone) => milestone.name === name)?.code ?? ""} ${named("milestone", name)}`;
    const statuses: Status[] = [...VERDICTS, "failed"];
    const lines = (name: string): [string, string][] => {
      const own = groups.get(name) ?? [];
      const tried = rate(inspectionRates(facts, own), "failed").among;
      const checks = checkRates(facts, shown, name);
      return [
        ...statuses.map((status): [string, string] => [named("status_brief", status), fraction({ of: byVerdict(own, status), among: tried })]),
        ...CHECKS.map((check): [string, string] => [t(`rate.${check}`), fraction(rate(checks, check))]),
      ];
    };
    this.bars(seen, names, title, statuses.map((status) => ({ id: status, itemStyle: fill(facts, status), data: names.map((name) => byVerdict(groups.get(name) ?? [], status)) })), lines);
  }

  private kinds(seen: Look): void {
    const { facts } = this.store;
    const groups = grouped(this.store.shown().flatMap((project) => project.findings.filter((each) => leads(facts.rates.finding, each))), (each) => each.kind);
    const names = [...groups.keys()].sort((a, b) => (groups.get(b) as Finding[]).length - (groups.get(a) as Finding[]).length);
    const rates = new Map(names.map((name) => [name, findingRates(facts, groups.get(name) as Finding[])]));
    const lines = (name: string): [string, string][] => (["confirmed", "dismissed", "rectified"] as const).map((each) => [named("rate", each), fraction(rate(rates.get(name) as Rates, each))]);
    this.bars(seen, names, (name) => named("kind", name), DECISIONS.map((decision) => ({ id: decision, itemStyle: decisionFill(seen, decision), data: names.map((name) => decisions(rates.get(name) as Rates)[decision]) })), lines);
  }

  private again(seen: Look): void {
    const rates = findingRates(this.store.facts, this.store.shown().flatMap((project) => project.findings));
    const names = [...AGAIN] as string[];
    const data = names.map((name) => ({ value: rate(rates, name).of, ...(name === "no_longer_observed" ? { itemStyle: fill(this.store.facts, "undecided") } : {}) }));
    const lines = (name: string): [string, string][] => [[t(`rate.${name}.means` as Key), fraction(rate(rates, name))]];
    const label = { show: true, position: "right", color: seen.ink, fontSize: 11, fontFamily: seen.font, formatter: (event: { dataIndex: number }) => fraction(rate(rates, names[event.dataIndex] as string)) };
    this.bars(seen, names, (name) => named("rate", name), [{ id: "again", itemStyle: { color: seen.rectified }, data, label }], lines, 62);
  }

  private bars(seen: Look, names: string[], title: (name: string) => string, series: object[], lines: (name: string) => [string, string][], right = 14): void {
    const widest = Math.min(150, 12 + 6.2 * Math.max(4, ...names.map((name) => spaces(title(name)))));
    this.drawing.draw({
      grid: { left: widest, right, top: 4, bottom: 20 },
      ...axes(seen, names, true, title),
      tooltip: tip(seen, (params: { dataIndex: number }[]) => {
        const name = names[params[0]?.dataIndex ?? 0] ?? "";
        return tipOf(title(name), lines(name));
      }, "axis"),
      series: series.map((each) => ({ type: "bar", stack: "all", barMaxWidth: 15, ...each })),
    });
    const head = names[0] === undefined ? [] : [t(this.store.state.chart), ...lines(names[0]).map(([name]) => name)];
    this.told.replaceChildren(spoken(t(this.store.state.chart), head, names.map((name) => [title(name), ...lines(name).map(([, text]) => text)])));
  }
}

export class Funnel extends Panel {
  constructor(store: Store) {
    super(store, t("funnel"), "funnel");
  }

  follow(): void {
    const seen = look();
    const rates = findingRates(this.store.facts, this.store.shown().flatMap((project) => project.findings));
    const found = rate(rates, "confirmed").among;
    const rows: [string, number, string][] = [
      [t("funnel.leads"), found, number(found)],
      ...STEPS.map((step): [string, number, string] => [named("funnel", step), rate(rates, step).of, fraction(rate(rates, step))]),
    ];
    const shades = [seen.awaiting, seen.confirmed, seen.confirmed, seen.rectified, seen.rectified];
    const label = { show: true, position: "right", color: seen.ink, fontSize: 11, fontFamily: seen.font, formatter: (event: { dataIndex: number }) => rows[event.dataIndex]?.[2] ?? "" };
    const names = rows.map(([name]) => name);
    this.drawing.draw({
      grid: { left: 12 + 6.2 * Math.max(...names.map(spaces)), right: 62, top: 2, bottom: 2 },
      ...axes(seen, names, true),
      xAxis: { type: "value", show: false, max: Math.max(found, 1) },
      tooltip: tip(seen, (event: { dataIndex: number }) => {
        const step = STEPS[event.dataIndex - 1];
        return tipOf(names[event.dataIndex] ?? "", [[step ? t(`rate.${step}.means`) : t("rate.confirmed.means"), rows[event.dataIndex]?.[2] ?? ""]]);
      }),
      series: [{ type: "bar", id: "steps", barWidth: "62%", label, data: rows.map(([, value], index) => ({ value, itemStyle: { color: shades[index], borderRadius: 2 } })) }],
    });
    this.told.replaceChildren(spoken(t("funnel"), [t("funnel"), t("count")], rows.map(([name, , text]) => [name, text])));
  }
}

function leads(names: string[], finding: Finding): boolean {
  return ((finding.counts[1] >>> names.indexOf("confirmed")) & 1) === 1 || ((finding.counts[1] >>> names.indexOf("decided")) & 1) === 1;
}

function tipOf(title: string, lines: [string, string][]): HTMLElement {
  return el("div", { class: "tip" }, el("strong", {}, foreign(title)), ...lines.map(([name, text]) => el("div", { class: "line" }, el("span", {}, name), el("b", {}, text))));
}

/** Width of a text in Latin letters; a Chinese one is nearly two of them. */
function spaces(text: string): number {
  return [...text].reduce((sum, char) => sum + (char.charCodeAt(0) > 0x2e80 ? 1.85 : 1), 0);
}

/** All months from the first to the last, also those in which nothing happened. */
function monthsBetween(names: string[]): string[] {
  if (names.length === 0) return [];
  const sorted = [...names].sort();
  const last = sorted[sorted.length - 1] as string;
  const months = [];
  let [year, month] = (sorted[0] as string).split("-").map(Number) as [number, number];
  for (let name = sorted[0] as string; name <= last && months.length < 240; ) {
    months.push(name);
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
    name = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
  }
  return months;
}
