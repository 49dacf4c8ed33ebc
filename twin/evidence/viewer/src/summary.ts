// The case at a glance: how well the survey lies, storeys and indicators.

import type { App } from "./app";
import { el, foreign } from "./dom";
import { bounded, grouped, metres, millimetres, percent, quantity } from "./format";
import type { Indicator } from "./facts";
import { named, t, type Key } from "./texts";

export function summaryPanel(app: App): HTMLElement {
  return el("section", { class: "tab-body summary" }, quality(app), storeys(app), indicators(app));
}

function quality(app: App): HTMLElement | null {
  const { registration, coverage } = app.facts.inspection;
  const rows: HTMLElement[] = [];
  const add = (label: string, value: string): void => void rows.push(el("div", {}, el("dt", {}, label), el("dd", {}, value)));
  if (registration?.status) add(t("summary.registration"), named("registration", registration.status));
  if (registration?.mode) add(t("summary.mode"), named("mode", registration.mode));
  if (typeof registration?.residual_rms_m === "number") add(t("summary.residual"), millimetres(registration.residual_rms_m));
  if (typeof registration?.overlap === "number") add(t("summary.overlap"), percent(registration.overlap));
  if (typeof coverage?.design_surface === "number") add(t("summary.coverage"), percent(coverage.design_surface));
  add(t("elements"), statusCounts(app));
  return el("dl", { class: "rows" }, ...rows);
}

function statusCounts(app: App): string {
  const { role, status } = app.facts.elements;
  const counts = new Map<string, number>();
  status.forEach((word, i) => {
    if (role[i] === "building") counts.set(word, (counts.get(word) ?? 0) + 1);
  });
  return [...counts].map(([word, count]) => `${grouped(count, 0)} ${named("status", word).toLowerCase()}`).join(", ");
}

function storeys(app: App): HTMLElement | null {
  if (!app.facts.storeys.length) return null;
  const level = (value: number | null): string => (value === null ? "–" : metres(value, 2));
  const rows = [...app.facts.storeys].reverse().map((storey) =>
    el(
      "tr",
      { class: storey.status },
      el("th", { attributes: { scope: "row" } }, storey.name ? foreign(bounded(storey.name, 40)) : t("unnamed_storey")),
      el("td", {}, level(storey.design_elevation_m)),
      el("td", {}, level(storey.measured_elevation_m)),
      el("td", {}, el("span", { class: `state ${storey.status}` }, named("storey_status", storey.status))),
    ),
  );
  return el("div", {}, el("h4", {}, t("summary.storeys")), tableOf([t("storey"), t("summary.design"), t("summary.measured"), t("status")], rows));
}

function indicators(app: App): HTMLElement | null {
  const found = app.facts.inspection.indicators ?? [];
  if (!found.length) return null;
  return el("div", {}, el("h4", {}, t("summary.indicators")), el("ul", { class: "indicators" }, ...found.map(indicatorRow)));
}

function indicatorRow(indicator: Indicator): HTMLElement {
  const unit = indicator.unit === "1" ? "" : indicator.unit.replace("2", "²").replace("3", "³");
  const spread = indicator.expanded_uncertainty;
  const digits = unit ? 2 : 0;
  const value = (label: Key, number: number | null, uncertainty: number | null): string | null =>
    number === null ? null : `${t(label).toLowerCase()} ${quantity(number, uncertainty, unit, digits)}`;
  const numbers = [value("summary.measured", indicator.measured, spread), value("summary.permitted", indicator.permitted, null)];
  return el(
    "li",
    {},
    el("strong", {}, bounded(named("indicator", indicator.name), 60)),
    el("span", { class: `state ${indicator.verdict}` }, named("decision", indicator.verdict)),
    el("span", { class: "minor" }, numbers.filter((text) => text !== null).join(" · ")),
  );
}

function tableOf(heads: string[], rows: HTMLElement[]): HTMLElement {
  const cells = heads.map((head) => el("th", { attributes: { scope: "col" } }, head));
  return el("table", {}, el("thead", {}, el("tr", {}, ...cells)), el("tbody", {}, ...rows));
}
