// The lists of what is overdue and of all projects, or the one project that was chosen.

import { button, el, foreign, icon } from "../../../evidence/viewer/src/dom";
import { overdueDays } from "./count";
import type { Project } from "./facts";
import { detail } from "./project";
import type { Store, Tab } from "./state";
import { sign } from "./symbols";
import { named, number, t } from "./texts";

const MOST = 300;
const TIER_ORDER = { high: 0, medium: 1, low: 2 } as const;

export class Panel {
  readonly node = el("section", { class: "panel side" });
  private readonly search = el("input", { class: "search", label: t("search"), attributes: { type: "search", placeholder: t("search") } });
  private readonly index: Map<Project, number>;

  constructor(private readonly store: Store) {
    this.index = new Map(store.facts.projects.map((project, index) => [project, index]));
    this.search.value = store.state.search;
    this.search.addEventListener("input", () => store.set({ search: this.search.value, tab: "projects" }));
  }

  follow(): void {
    const chosen = this.store.chosen();
    if (chosen) {
      this.node.replaceChildren(this.back(), detail(this.store.facts, chosen));
      return;
    }
    const { tab } = this.store.state;
    const shown = this.store.shown();
    const overdue = shown.filter((project) => overdueDays(project) > 0).sort((a, b) => TIER_ORDER[a.tier] - TIER_ORDER[b.tier] || overdueDays(b) - overdueDays(a));
    const words = this.store.state.search.trim().toLowerCase();
    const found = shown.filter((project) => !words || `${project.number} ${project.name}`.toLowerCase().includes(words)).sort((a, b) => b.score - a.score);
    const tabs = el("div", { class: "tabs" }, this.tab("overdue", overdue.length), this.tab("projects", found.length));
    const dateless = shown.filter((project) => project.undated.length > 0).length;
    const note = tab === "overdue" && dateless > 0 ? el("p", { class: "minor note" }, t("undated_n", { n: dateless, all: shown.length })) : null;
    const list = tab === "overdue" ? this.list(overdue, t("none_overdue")) : this.list(found, t("none_found"));
    const hadFocus = document.activeElement === this.search;
    this.node.replaceChildren(...[tabs, tab === "projects" ? this.search : note, list].filter((node): node is HTMLElement => node !== null));
    if (hadFocus) this.search.focus();
  }

  private tab(name: Tab, count: number): HTMLElement {
    return el("button", { attributes: { type: "button", "aria-pressed": String(this.store.state.tab === name), "data-tab": name }, on: { click: () => this.store.set({ tab: name }) } }, t(`tab.${name}`), " ", el("span", { class: "count" }, number(count)));
  }

  private back(): HTMLElement {
    return el("div", { class: "tabs" }, button(t("back"), { class: "back", attributes: { "data-tool": "back" }, on: { click: () => this.store.set({ chosen: null }) } }, icon("M10 3L5 8l5 5"), t("back")));
  }

  private list(projects: Project[], empty: string): HTMLElement {
    if (projects.length === 0) return el("p", { class: "empty" }, empty);
    const more = projects.length - MOST;
    return el("ul", { class: "projects" }, ...projects.slice(0, MOST).map((project) => this.item(project)), more > 0 && el("li", { class: "empty" }, t("and_more", { n: more })));
  }

  private item(project: Project): HTMLElement {
    const index = this.index.get(project) ?? 0;
    const days = overdueDays(project);
    const due = project.due[0];
    const when = days > 0 ? el("b", { class: "late" }, t("days", { n: days })) : el("span", { class: "minor" }, due ? due[1] : "");
    return el(
      "li",
      {},
      el(
        "button",
        { attributes: { type: "button", "data-project": String(index) }, on: { click: () => this.store.set({ chosen: index }) } },
        sign(this.store.facts, project.status),
        el("span", { class: "spoken" }, named("status", project.status)),
        el("span", { class: "name" }, foreign(project.name.slice(0, 120))),
        when,
        el("span", { class: "minor under" }, foreign(`${project.number.slice(0, 60)}`)),
        el("span", { class: `tier ${project.tier}` }, t("tier_of", { tier: named("tier", project.tier) })),
      ),
    );
  }
}
