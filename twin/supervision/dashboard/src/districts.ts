// A row for each district; each share with its denominator. A click on a name filters by it.

import { button, el, foreign } from "../../../evidence/viewer/src/dom";
import { grouped, rate, ratesOf, type Rate, type Rates } from "./count";
import { districtName } from "./filters";
import { NOWHERE, type Store } from "./state";
import { named, t } from "./texts";

const COLUMNS = ["inspected", "overdue", "warned", "confirmed", "dismissed", "rectified"] as const;
type Column = (typeof COLUMNS)[number];

export class Districts {
  readonly node = el("section", { class: "panel districts", label: t("districts") });
  private order: "name" | "projects" | Column = "projects";

  constructor(private readonly store: Store) {}

  follow(): void {
    const projects = this.store.without("district");
    const groups = [...grouped(projects, (project) => project.district ?? NOWHERE)].map(([name, own]) => ({ name, size: own.length, rates: ratesOf(this.store.facts, own) }));
    const share = (rates: Rates, name: Column): number => (rate(rates, name).among ? rate(rates, name).of / rate(rates, name).among : -1);
    const order = this.order;
    groups.sort((a, b) => {
      if (order === "name") return a.name.localeCompare(b.name, "zh");
      return (order === "projects" ? b.size - a.size : share(b.rates, order) - share(a.rates, order)) || a.name.localeCompare(b.name, "zh");
    });
    const head = (name: typeof this.order, text: string, means: string): HTMLElement =>
      el("th", { attributes: { scope: "col", "aria-sort": order === name ? (name === "name" ? "ascending" : "descending") : "none" } }, button(means, { on: { click: () => this.sort(name) } }, text));
    const scroll = this.node.querySelector(".scroll")?.scrollTop ?? 0;
    this.node.replaceChildren(
      el(
        "div",
        { class: "scroll" },
        el(
          "table",
          {},
          el("caption", { class: "spoken" }, t("districts")),
          el("thead", {}, el("tr", {}, head("name", t("district"), t("district")), ...COLUMNS.map((name) => head(name, named("rate", name), t(`rate.${name}.means`))))),
          el("tbody", {}, ...groups.map((group) => this.row(group.name, group.rates))),
          el("tfoot", {}, this.cells(el("th", { attributes: { scope: "row" } }, t("total")), ratesOf(this.store.facts, projects))),
        ),
      ),
    );
    (this.node.firstChild as HTMLElement).scrollTop = scroll;
  }

  private sort(order: typeof this.order): void {
    this.order = order;
    this.follow();
  }

  private row(name: string, rates: Rates): HTMLElement {
    const pressed = this.store.state.district === name;
    const choose = button(districtName(name), { class: "plain", attributes: { "aria-pressed": String(pressed) }, on: { click: () => this.store.set({ district: pressed ? null : name }) } }, foreign(districtName(name).slice(0, 40)));
    const row = this.cells(el("th", { attributes: { scope: "row" } }, choose), rates);
    row.dataset.district = name;
    if (pressed) row.className = "chosen";
    return row;
  }

  private cells(first: HTMLElement, rates: Rates): HTMLElement {
    return el("tr", {}, first, ...COLUMNS.map((name) => cell(name, rate(rates, name))));
  }
}

function cell(name: Column, { of, among }: Rate): HTMLElement {
  const bar = el("span", { class: "share" }, el("span"));
  (bar.firstChild as HTMLElement).style.width = `${among ? (of / among) * 100 : 0}%`;
  return el("td", { attributes: { "data-figure": name } }, el("span", {}, among ? t("fraction", { a: of, b: among }) : "–"), bar);
}
