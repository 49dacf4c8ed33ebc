// The key figures. No percentage stands alone: its numerator and denominator are larger than it.

import { el } from "../../../evidence/viewer/src/dom";
import { amountOf, interval, rate, ratesOf, type Rate } from "./count";
import type { Store } from "./state";
import { named, number, t } from "./texts";

const SHOWN = ["inspected", "overdue", "on_time", "warned", "confirmed", "dismissed", "rectified", "failed", "inspections_decided"] as const;
const percent = (share: number): string => number(share * 100);

export class Cards {
  readonly node = el("section", { class: "cards" });

  constructor(private readonly store: Store) {}

  follow(): void {
    const shown = this.store.shown();
    const rates = ratesOf(this.store.facts, shown);
    this.node.replaceChildren(...SHOWN.map((name) => this.card(name, rate(rates, name))), this.added(amountOf(shown)));
  }

  private card(name: (typeof SHOWN)[number], { of, among }: Rate): HTMLElement {
    const { facts } = this.store;
    const share = among ? of / among : 0;
    const bar = el("span", { class: "share" }, el("span"));
    (bar.firstChild as HTMLElement).style.width = `${share * 100}%`;
    return el(
      "div",
      { class: `card${among < facts.few ? " few" : ""}`, title: t(`rate.${name}.means`), attributes: { "data-figure": name, "data-of": String(of), "data-among": String(among) } },
      el("h2", {}, named("rate", name)),
      el("p", { class: "big" }, el("b", {}, among ? number(of) : "–"), " ", el("span", { class: "minor" }, t("of", { n: among }))),
      el("p", { class: "foot minor" }, this.said(name, { of, among })),
      bar,
    );
  }

  /** The share in words; of few cases none, since one more would change it by several percent. */
  private said(name: (typeof SHOWN)[number], own: Rate): string {
    const { estimates, few } = this.store.facts;
    const range = estimates.includes(name) ? interval(own) : null;
    if (own.among === 0) return t("nothing");
    const share = percent(own.of / own.among);
    if (range) return t(`rate.${name}.among`, { p: t("percent_range", { p: share, a: percent(range[0]), b: percent(range[1]) }) });
    return own.among < few ? t("few", { n: few }) : t(`rate.${name}.among`, { p: share });
  }

  private added({ area, volume, standingArea, standing, withArea, withVolume, among }: ReturnType<typeof amountOf>): HTMLElement {
    return el(
      "div",
      { class: "card", title: t("amount.means", { volume: number(volume), a: withArea, c: withVolume, b: among, s: standing }), attributes: { "data-figure": "area_m2", "data-of": String(withArea), "data-among": String(among), "data-total": area.toFixed(3), "data-standing": standingArea.toFixed(3) } },
      el("h2", {}, t("amount")),
      el("p", { class: "big" }, el("b", {}, withArea ? number(standingArea) : "–"), " ", el("span", { class: "minor" }, "m²")),
      el("p", { class: "foot minor" }, t("amount.among", { n: number(area) })),
    );
  }
}
