// Opens the portfolio that this page carries.

import { button, el, foreign, icon } from "../../../evidence/viewer/src/dom";
import { ICONS } from "../../../evidence/viewer/src/icons";
import { readFacts } from "../../../evidence/viewer/src/packing";
import { rate, ratesOf } from "./count";
import { Cards } from "./cards";
import { Funnel, Months, Parts } from "./charts";
import { Districts } from "./districts";
import type { Facts } from "./facts";
import { Filters } from "./filters";
import { CityMap } from "./map";
import { Panel } from "./panel";
import { Store } from "./state";
import { currentLanguage, setLanguage, shareWords, t } from "./texts";
import "./style.css";

const ICON_PRINT = "M4.5 6V2h7v4M4.5 11H2.5V6h11v5h-2M4.5 9.5h7V14h-7z";

interface Part {
  follow(): void;
  drop?(): void;
}

class Page {
  private parts: Part[] = [];
  private theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  private readonly counted = el("span", { class: "minor", attributes: { role: "status" } });

  constructor(private readonly store: Store, private readonly host: HTMLElement) {
    document.documentElement.dataset.theme = this.theme;
    store.hear(() => this.follow());
    addEventListener("beforeprint", () => this.dress("light"));
    addEventListener("afterprint", () => this.dress(this.theme));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && store.state.chosen !== null) store.set({ chosen: null });
    });
  }

  build(): void {
    const { store } = this;
    for (const part of this.parts) part.drop?.();
    const cards = new Cards(store);
    const filters = new Filters(store);
    const map = new CityMap(store);
    const districts = new Districts(store);
    const months = new Months(store);
    const parts = new Parts(store);
    const funnel = new Funnel(store);
    const panel = new Panel(store);
    this.parts = [cards, filters, map, districts, months, parts, funnel, panel];
    this.host.replaceChildren(
      this.header(),
      ...this.unread(),
      filters.node,
      cards.node,
      el("main", {}, el("div", { class: "column" }, map.node, districts.node), el("div", { class: "column" }, months.node, parts.node, funnel.node), panel.node),
      el("footer", { class: "minor" }, el("span", {}, t("about")), el("span", {}, t("about.charts"))),
    );
    this.follow();
  }

  private header(): HTMLElement {
    const { facts } = this.store;
    document.title = `${facts.title} · Plumbline`;
    return el(
      "header",
      { class: "top" },
      el("span", { class: "brand", attributes: { "aria-hidden": "true" } }, icon(ICONS.plumb), "Plumbline"),
      el("h1", {}, foreign(facts.title.slice(0, 120)), el("span", { class: "what" }, t("title"))),
      el("span", { class: "minor" }, t("as_of", { date: facts.date })),
      this.counted,
      el("span", { class: "gap" }),
      button(t("language.label"), { class: "tool text", attributes: { "data-tool": "language" }, on: { click: () => this.speak() } }, t("language")),
      button(t("theme"), { class: "tool", attributes: { "data-tool": "theme" }, on: { click: () => this.dress(this.theme === "dark" ? "light" : "dark", true) } }, icon(ICONS.sun)),
      button(t("print"), { class: "tool", attributes: { "data-tool": "print" }, on: { click: () => print() } }, icon(ICON_PRINT)),
    );
  }

  /** Projects that are in no figure, by name: a city must not look better for what cannot be read of it. */
  private unread(): HTMLElement[] {
    const { unreadable, projects } = this.store.facts;
    if (unreadable.length === 0) return [];
    const lines = unreadable.map(([name, why]) => el("li", {}, el("strong", {}, foreign(name.slice(0, 120))), " ", foreign(why.slice(0, 300))));
    return [el("details", { class: "unread" }, el("summary", {}, t("unreadable_n", { n: unreadable.length, all: unreadable.length + projects.length })), el("ul", { class: "minor" }, ...lines))];
  }

  private speak(): void {
    setLanguage(currentLanguage() === "en" ? "zh" : "en");
    this.build();
    this.host.querySelector<HTMLElement>("[data-tool=language]")?.focus();
  }

  private dress(theme: string, keep = false): void {
    if (keep) this.theme = theme;
    document.documentElement.dataset.theme = theme;
    this.follow();
  }

  private follow(): void {
    const all = this.store.facts.projects.length;
    const shown = this.store.shown().length;
    const inspected = rate(ratesOf(this.store.facts, this.store.shown()), "inspected").of;
    this.counted.textContent = shown === all ? t("projects_n", { n: all, a: inspected }) : t("shown_n", { n: shown, all, a: inspected });
    for (const part of this.parts) part.follow();
  }
}

async function start(): Promise<void> {
  const host = document.getElementById("app") as HTMLElement;
  const facts = await readFacts<Facts>();
  setLanguage(facts.language);
  shareWords(facts.words);
  await document.fonts.load("13px 'Plumbline Han'", t("language")); // it is inside the page
  new Page(new Store(facts), host).build();
  document.documentElement.dataset.ready = "true";
}

start().catch((error: unknown) => {
  const host = document.getElementById("app") as HTMLElement;
  host.replaceChildren(el("div", { class: "wait" }, el("h1", {}, t("failed_to_open")), el("p", {}, String(error))));
});
