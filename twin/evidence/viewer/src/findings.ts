// The list of findings; the chosen one opens into its card.

import type { App } from "./app";
import { onMap } from "./app";
import { button, el, foreign, icon } from "./dom";
import type { Finding, FindingVerdict, Size, Vector } from "./facts";
import { atLeast, bounded, grouped, metres, percent, place, quantity } from "./format";
import { ICONS } from "./icons";
import { CHANGE, css } from "./palette";
import { currentLanguage, named, t } from "./texts";
import { showBox, showFinding } from "./views";
import { boxOfElement } from "./properties";

const SIZES: [Size, "area" | "volume" | "height", string][] = [
  ["area_m2", "area", "m²"],
  ["volume_m3", "volume", "m³"],
  ["height_m", "height", "m"],
];
const VERDICTS: FindingVerdict[] = ["inconsistent", "borderline", "information"];
const MOST_ELEMENTS = 12;

/** Chooses a finding and flies to it; null lets go. */
export async function choose(app: App, index: number | null): Promise<void> {
  app.store.set({ finding: index, element: null });
  if (index !== null) await showFinding(app, index);
}

export function findingsPanel(app: App, hear: App["store"]["hear"]): HTMLElement {
  const list = el("ol", { class: "findings", label: t("findings") });
  const items = app.facts.findings.map((finding, index) => item(app, finding, index));
  const filters = el("div", { class: "filters", attributes: { role: "group" }, label: t("findings") });
  hear((state, before) => {
    filters.replaceChildren(...chips(app));
    const shown = items.filter((_, i) => state.filter === null || app.facts.findings[i]?.verdict === state.filter);
    if (state === before || state.filter !== before.filter) {
      list.replaceChildren(...(shown.length ? shown : [empty(app)]));
    }
    items.forEach((node, i) => open(app, node, i, state.finding === i, before.finding === i));
  });
  return el("section", { class: "tab-body" }, filters, list);
}

function empty(app: App): HTMLElement {
  return el("li", { class: "empty" }, app.facts.findings.length ? t("none_filtered") : t("none_found"));
}

function chips(app: App): HTMLElement[] {
  const { findings } = app.facts;
  const { filter } = app.store.state;
  const chip = (verdict: FindingVerdict | null): HTMLElement | null => {
    const count = verdict ? findings.filter((finding) => finding.verdict === verdict).length : findings.length;
    if (verdict && !count) return null;
    const label = verdict ? named("short", verdict) : t("all");
    return el(
      "button",
      {
        class: `chip ${verdict ?? ""}`,
        attributes: { type: "button", "aria-pressed": String(filter === verdict) },
        on: { click: () => app.store.set({ filter: verdict }) },
      },
      `${label} `,
      el("span", { class: "count" }, String(count)),
    );
  };
  return [null, ...VERDICTS].map(chip).filter((node) => node !== null);
}

function item(app: App, finding: Finding, index: number): HTMLElement {
  const swatch = el("span", { class: "swatch" });
  swatch.style.backgroundColor = css(CHANGE[finding.change]);
  const head = el(
    "button",
    {
      class: "finding-head",
      attributes: { type: "button", "aria-expanded": "false" },
      on: { click: () => void choose(app, app.store.state.finding === index ? null : index) },
    },
    swatch,
    el("span", { class: "number" }, String(index + 1)),
    el("strong", {}, named("kind", finding.kind)),
    el("span", { class: `badge ${finding.verdict}` }, named("short", finding.verdict)),
    el("span", { class: "minor" }, ...joined([storeyText(finding), leadingSize(finding)])),
  );
  return el("li", { attributes: { "data-finding": finding.id } }, head);
}

function joined(parts: (Node | string | null)[]): (Node | string)[] {
  const present = parts.filter((part): part is Node | string => part !== null && part !== "");
  return present.flatMap((part, i) => (i ? [" · ", part] : [part]));
}

function storeyText(finding: Finding): Node | null {
  return finding.storey === null ? null : foreign(bounded(finding.storey, 60));
}

/** A size with its uncertainty, or the least that it is. */
function stated(finding: Finding, size: Size, unit: string): string {
  const least = finding.at_least[size];
  if (least !== undefined) return atLeast(least, finding.uncertainty[size], unit);
  return quantity(finding[size] as number, finding.uncertainty[size], unit);
}

/** The number that says most about a finding. */
function leadingSize(finding: Finding): string {
  for (const [size, , unit] of SIZES) {
    const value = finding[size];
    if (value !== null) return stated(finding, size, unit);
  }
  return "";
}

function open(app: App, node: HTMLElement, index: number, isOpen: boolean, wasOpen: boolean): void {
  const finding = app.facts.findings[index];
  const card = node.querySelector(".card");
  node.classList.toggle("chosen", isOpen);
  node.querySelector(".finding-head")?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen && !card && finding) node.append(cardOf(app, finding, index));
  if (!isOpen && card) card.remove();
  if (isOpen && !wasOpen) node.scrollIntoView({ block: "nearest", behavior: app.stage.isStill ? "auto" : "smooth" });
}

function cardOf(app: App, finding: Finding, index: number): HTMLElement {
  return el(
    "div",
    { class: "card" },
    el("p", { class: "title" }, foreign(bounded(finding.title))),
    sizes(finding),
    finding.caveats.length > 0 && caveats(finding),
    evidence(app, finding),
    finding.elements.length > 0 && concerned(app, finding),
    finding.pictures.length > 0 && pictures(finding),
    steps(app, index),
  );
}

function sizes(finding: Finding): HTMLElement | null {
  const rows = SIZES.filter(([size]) => finding[size] !== null).map(([size, label, unit]) =>
    el(
      "div",
      {},
      el("dt", {}, t(label)),
      el("dd", {}, stated(finding, size, unit)),
    ),
  );
  if (!rows.length) return null;
  const isStated = SIZES.some(([size]) => finding.uncertainty[size]);
  return el("div", {}, el("dl", { class: "sizes" }, ...rows), isStated && el("p", { class: "note" }, t("expanded")));
}

function caveats(finding: Finding): HTMLElement {
  const lines = finding.caveats.map((caveat) => el("li", {}, foreign(bounded(caveat))));
  return el("div", { class: "caveats" }, el("h4", {}, t("caveats")), el("ul", {}, ...lines));
}

function row(label: string, ...value: (Node | string)[]): HTMLElement {
  return el("div", {}, el("dt", {}, label), el("dd", {}, ...value));
}

function evidence(app: App, finding: Finding): HTMLElement {
  const [low, high] = finding.box;
  const centre = low.map((value, i) => (value + (high[i] as number)) / 2) as Vector;
  const map = onMap(app.facts, centre);
  return el(
    "dl",
    { class: "rows" },
    row(t("evidence"), `${t("n_points", { n: grouped(finding.points, 0) })} · ${t("confidence").toLowerCase()} ${percent(finding.confidence)}`),
    row(t("levels"), t("from_to", { a: metres(low[2], 2), b: metres(high[2], 2) })),
    ...(finding.axes ? [row(t("axes"), foreign(bounded(finding.axes[currentLanguage()])))] : []),
    row(t("design_frame"), el("code", {}, place(centre))),
    ...(map ? [row(app.facts.crs ?? t("map_frame"), el("code", {}, place(map)))] : []),
    ...(finding.rule ? [row(t("rule"), foreign(bounded(finding.rule)))] : []),
  );
}

function concerned(app: App, finding: Finding): HTMLElement {
  const { elements } = app.facts;
  const lines = finding.elements.slice(0, MOST_ELEMENTS).map((owner) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          class: "plain",
          attributes: { type: "button" },
          on: {
            click: () => {
              app.store.set({ element: owner });
              void showBox(app, boxOfElement(app, owner), 1.6);
            },
          },
        },
        foreign(bounded(elements.name[owner] || (elements.ifc_class[owner] ?? ""), 80)),
      ),
    ),
  );
  const rest = finding.elements.length - lines.length;
  if (rest > 0) lines.push(el("li", { class: "minor" }, t("and_more", { n: rest })));
  return el("div", {}, el("h4", {}, t("concerned")), el("ul", { class: "plain-list" }, ...lines));
}

function pictures(finding: Finding): HTMLElement {
  const shown = finding.pictures.map(({ name, data }) => {
    const image = el("img", { attributes: { src: data, alt: name } });
    return el("button", { class: "picture", label: name, attributes: { type: "button" }, on: { click: () => enlarge(image) } }, image);
  });
  return el("div", {}, el("h4", {}, t("pictures")), el("div", { class: "pictures" }, ...shown));
}

function enlarge(image: HTMLImageElement): void {
  const dialog = el("dialog", { class: "large" }, image.cloneNode());
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function steps(app: App, index: number): HTMLElement {
  const last = app.facts.findings.length - 1;
  const step = (label: string, path: string, to: number): HTMLButtonElement => {
    const node = button(label, { class: "small", on: { click: () => void choose(app, to) } }, icon(path));
    node.disabled = to < 0 || to > last;
    return node;
  };
  return el("div", { class: "steps" }, step(t("previous"), ICONS.previous, index - 1), step(t("next"), ICONS.next, index + 1));
}
