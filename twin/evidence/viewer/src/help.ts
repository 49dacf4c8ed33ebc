// What the mouse and the keys do.

import { button, el, icon } from "./dom";
import { ICONS } from "./icons";
import { t, type Key } from "./texts";

const MOUSE: [Key, Key][] = [
  ["keys.orbit", "keys.orbit.does"],
  ["keys.pan", "keys.pan.does"],
  ["keys.zoom", "keys.zoom.does"],
  ["keys.click", "keys.click.does"],
  ["keys.double", "keys.double.does"],
];
const KEYS: [string, Key][] = [
  ["J  K", "keys.findings.does"],
  ["1 – 6", "keys.views.does"],
  ["F", "view.fit"],
  ["P", "view.parallel"],
  ["[  ]", "keys.levels.does"],
  ["M", "measure"],
  ["C", "compare"],
  ["← ↑ ↓ →", "keys.arrows.does"],
  ["S", "screenshot"],
  ["D", "theme"],
  ["Esc", "keys.escape.does"],
  ["?", "help"],
];

export function helpDialog(): HTMLDialogElement {
  const row = (name: HTMLElement, does: string): HTMLElement => el("div", {}, el("dt", {}, name), el("dd", {}, does));
  const dialog = el("dialog", { class: "help", label: t("help") });
  dialog.append(
    el(
      "header",
      {},
      el("h2", {}, t("help")),
      button(t("close"), { class: "small", on: { click: () => dialog.close() } }, icon(ICONS.close)),
    ),
    el(
      "div",
      { class: "columns" },
      el("dl", {}, ...MOUSE.map(([name, does]) => row(el("span", {}, t(name)), t(does)))),
      el("dl", {}, ...KEYS.map(([name, does]) => row(el("kbd", {}, name), t(does)))),
    ),
    el("p", { class: "minor" }, t("about")),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}
