// Views and tools over the picture.

import type { App } from "./app";
import { button, el, icon } from "./dom";
import { ICONS } from "./icons";
import type { Measure } from "./measure";
import { MEASURES } from "./state";
import { t } from "./texts";
import { VIEWS, showView, showWhole } from "./views";

export function toolbar(app: App, hear: App["store"]["hear"], measure: Measure): HTMLElement {
  const { store } = app;
  const views = VIEWS.map((view, i) =>
    el(
      "button",
      { title: `${t(`view.${view}`)} (${i + 1})`, attributes: { type: "button", "data-view": view }, on: { click: () => void showView(app, view) } },
      t(`view.${view}`),
    ),
  );
  const toggle = (name: string, label: string, key: string, path: string, act: () => void): HTMLButtonElement =>
    button(`${label} (${key})`, { class: "tool", attributes: { "data-tool": name }, on: { click: act } }, icon(path));
  const parallel = toggle("parallel", t("view.parallel"), "P", ICONS.parallel, () => store.set({ isParallel: !store.state.isParallel }));
  const ruler = toggle("measure", t("measure"), "M", ICONS.measure, () => store.set({ isMeasuring: !store.state.isMeasuring }));
  const clear = button(t("measure.clear"), { class: "tool", on: { click: () => measure.clear() } }, icon(ICONS.trash));
  const compare = toggle("compare", t("compare"), "C", ICONS.compare, () => toggleCompare(app));
  hear((state) => {
    parallel.setAttribute("aria-pressed", String(state.isParallel));
    ruler.setAttribute("aria-pressed", String(state.isMeasuring));
    compare.setAttribute("aria-pressed", String(state.compare !== null));
    clear.hidden = !state.isMeasuring;
  });
  return el(
    "div",
    { class: "toolbar floating", attributes: { role: "toolbar" }, label: t("view") },
    el("div", { class: "segmented" }, ...views),
    toggle("fit", t("view.fit"), "F", ICONS.fit, () => void showWhole(app)),
    parallel,
    el("span", { class: "rule" }),
    ruler,
    clear,
    compare,
  );
}

/** What is measured, and what to click. */
export function measureBar(app: App, hear: App["store"]["hear"]): HTMLElement {
  const hint = el("span", {});
  const choices = MEASURES.map((by) =>
    el(
      "button",
      { attributes: { type: "button", "data-by": by }, on: { click: () => app.store.set({ measureBy: by }) } },
      t(`measure.${by}`),
    ),
  );
  hear((state) => {
    hint.textContent = t(`measure.${state.measureBy}.hint`);
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.by === state.measureBy));
  });
  return el(
    "div",
    { class: "hint floating" },
    el("div", { class: "segmented", attributes: { role: "group" }, label: t("measure") }, ...choices),
    hint,
  );
}

export function toggleCompare(app: App): void {
  app.store.set({ compare: app.store.state.compare === null ? 0.5 : null });
}
