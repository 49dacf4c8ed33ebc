// Which case this is and what came out of it.

import type { App } from "./app";
import { button, el, foreign, icon } from "./dom";
import { bounded } from "./format";
import { ICONS } from "./icons";
import { named, t } from "./texts";

export interface Actions {
  toggleLanguage: () => void;
  toggleTheme: () => void;
  save: () => void;
  link: () => void;
  help: () => void;
  togglePanel: (side: "left" | "right") => void;
}

export function header(app: App, actions: Actions): HTMLElement {
  const { facts } = app;
  const tool = (label: string, path: string, act: () => void): HTMLElement => button(label, { class: "tool", on: { click: act } }, icon(path));
  return el(
    "header",
    { class: "top" },
    tool(t("panel.findings"), ICONS.list, () => actions.togglePanel("left")),
    el("span", { class: "brand", attributes: { "aria-hidden": "true" } }, icon(ICONS.plumb), "Plumbline"),
    el("h1", {}, foreign(bounded(facts.case, 120))),
    el("span", { class: `verdict ${facts.verdict}` }, named("verdict", facts.verdict)),
    el("span", { class: "gap" }),
    fact(t("captured"), facts.captured_on ?? t("unknown")),
    digest(facts.digest),
    button(t("language.label"), { class: "tool text", on: { click: actions.toggleLanguage } }, t("language")),
    tool(t("theme"), ICONS.sun, actions.toggleTheme),
    tool(t("link"), ICONS.link, actions.link),
    tool(t("screenshot"), ICONS.camera, actions.save),
    tool(t("help"), ICONS.help, actions.help),
    tool(t("panel.layers"), ICONS.layers, () => actions.togglePanel("right")),
  );
}

function fact(label: string, value: string): HTMLElement {
  return el("span", { class: "fact" }, el("span", { class: "minor" }, label), foreign(value));
}

function digest(value: string): HTMLElement {
  const node = el("span", { class: "fact", title: `${t("digest")}: SHA-256 ${value}` });
  node.append(el("span", { class: "minor" }, "SHA-256"), el("code", {}, value.slice(0, 12)));
  return node;
}

/** Copies text; where the browser refuses, the address bar has it anyway. */
export async function copy(text: string, said: (text: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    said(t("copied"));
  } catch {
    said(text);
  }
}
