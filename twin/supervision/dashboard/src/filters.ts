// Filters that act on everything; the chips of the verdicts are the map's legend as well.

import { button, el } from "../../../evidence/viewer/src/dom";
import { grouped } from "./count";
import { STATUSES, TIERS, type Tier } from "./facts";
import { NOWHERE, type Store } from "./state";
import { sign } from "./symbols";
import { named, number, t } from "./texts";

const ALL = "\u0001";

export class Filters {
  readonly node = el("div", { class: "filters", label: t("filters"), attributes: { role: "group" } });
  private readonly selects: [HTMLSelectElement, () => string | null][];
  private readonly chips = el("div", { class: "chips" });
  private readonly reset: HTMLButtonElement;

  constructor(private readonly store: Store) {
    const { facts } = store;
    const districts = [...new Set(facts.projects.map((project) => project.district ?? NOWHERE))].sort((a, b) => Number(a === NOWHERE) - Number(b === NOWHERE) || a.localeCompare(b, "zh"));
    const reached = new Set(facts.projects.map((project) => project.milestone));
    const milestones = facts.milestones.filter((milestone) => reached.has(milestone.name));
    const district = this.select("district", districts.map((name) => [name, districtName(name)]), (value) => store.set({ district: value }));
    const tier = this.select("tier", TIERS.map((name) => [name, named("tier", name)]), (value) => store.set({ tier: value as Tier | null }));
    const milestone = this.select("milestone", milestones.map(({ name, code }) => [name, `${code} ${named("milestone", name)}`]), (value) => store.set({ milestone: value }));
    this.selects = [
      [district, () => store.state.district],
      [tier, () => store.state.tier],
      [milestone, () => store.state.milestone],
    ];
    this.reset = button(t("reset"), { class: "chip", attributes: { "data-tool": "reset" }, on: { click: () => store.showAll() } }, t("reset"));
    const label = (key: "filter.district" | "filter.tier" | "filter.milestone", select: HTMLElement): HTMLElement => el("label", {}, el("span", {}, t(key)), select);
    this.node.append(label("filter.district", district), label("filter.tier", tier), label("filter.milestone", milestone), this.chips, this.reset);
  }

  private select(name: string, options: [string, string][], change: (value: string | null) => void): HTMLSelectElement {
    const select = el("select", { attributes: { "data-filter": name } }, ...[[ALL, t("all")] as [string, string], ...options].map(([value, text]) => el("option", { attributes: { value } }, text.slice(0, 40))));
    select.addEventListener("change", () => change(select.value === ALL ? null : select.value));
    return select;
  }

  follow(): void {
    const { facts, state } = this.store;
    for (const [select, valueOf] of this.selects) select.value = valueOf() ?? ALL;
    const groups = grouped(this.store.without("statuses"), (project) => project.status);
    const focused = (document.activeElement as HTMLElement | null)?.dataset.status;
    this.chips.replaceChildren(
      ...STATUSES.map((status) =>
        button(
          `${named("status", status)}: ${number(groups.get(status)?.length ?? 0)}`,
          { class: "chip", attributes: { "aria-pressed": String(state.statuses.has(status)), "data-status": status }, on: { click: () => this.store.toggle(status) } },
          sign(facts, status),
          named("status_brief", status),
          el("span", { class: "count" }, number(groups.get(status)?.length ?? 0)),
        ),
      ),
    );
    if (focused) this.chips.querySelector<HTMLElement>(`[data-status="${focused}"]`)?.focus();
    this.reset.disabled = !this.store.isFiltered();
  }
}

export function districtName(district: string | null): string {
  return district === null || district === NOWHERE ? t("no_district") : district;
}
