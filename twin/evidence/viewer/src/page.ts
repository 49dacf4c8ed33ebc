// Puts the parts together; builds them anew when the language or theme changes.

import { Vector3 } from "three";
import type { App } from "./app";
import { compareSlider } from "./compare";
import { dress } from "./dressing";
import { el } from "./dom";
import { findingsPanel } from "./findings";
import { compass, readout, scaleBar } from "./furniture";
import { copy, header } from "./header";
import { helpDialog } from "./help";
import { shortcuts } from "./keys";
import { layersPanel, pointsPanel, sectionPanel } from "./layers";
import { legend } from "./legend";
import { Measure, areaOf } from "./measure";
import { DARK, LIGHT } from "./palette";
import { fragment, restore } from "./permalink";
import type { Picker } from "./pick";
import { listen } from "./pointer";
import { Properties } from "./properties";
import { save } from "./screenshot";
import type { Store } from "./state";
import { storeySlider } from "./storeys";
import { summaryPanel } from "./summary";
import { currentLanguage, setLanguage, t } from "./texts";
import { measureBar, toolbar } from "./toolbar";

type Hear = Store["hear"];

export class Page {
  private readonly measure: Measure;
  private readonly toast = el("div", { class: "toast", attributes: { role: "status" } });
  private readonly loading = el("progress", { class: "loading", attributes: { max: "1", value: "0" } });
  private leave: (() => void)[] = [];
  private fixed: number;
  private properties: Properties | null = null;
  private help: HTMLDialogElement | null = null;

  constructor(
    private readonly app: App,
    private readonly host: HTMLElement,
    private readonly picture: HTMLElement,
    private readonly picker: Picker,
  ) {
    this.measure = new Measure(app);
    this.fixed = app.stage.afterDraw.length;
    this.expose();
    window.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Lays out the page in the present language and theme. */
  build(): void {
    const { app } = this;
    for (const stop of this.leave) stop();
    this.leave = [];
    app.stage.afterDraw.length = this.fixed;
    const hear: Hear = (listener) => {
      const stop = app.store.hear(listener);
      this.leave.push(stop);
      return stop;
    };
    document.documentElement.dataset.theme = app.theme.name;
    app.stage.dress(app.theme);
    this.properties = new Properties(app, hear);
    this.help = helpDialog();
    this.host.replaceChildren(
      header(app, this.actions()),
      el("main", {}, this.left(hear), this.middle(hear), this.right(hear)),
      this.help,
      this.toast,
    );
    dress(app);
  }

  /** So much of the survey has been unpacked. */
  loaded(share: number): void {
    this.loading.value = share;
    this.loading.hidden = share >= 1;
  }

  /** From now on the address follows the view, and the view the address. */
  follow(): void {
    let due = 0;
    const write = (): void => {
      clearTimeout(due);
      due = window.setTimeout(() => history.replaceState(null, "", fragment(this.app)), 250);
    };
    listen(this.app, this.picker, this.measure, {
      click: (...clicked) => this.properties?.click(...clicked),
      close: () => this.properties?.close(),
    });
    this.app.stage.controls.addEventListener("rest", write);
    this.app.stage.controls.addEventListener("sleep", write);
    this.app.store.hear(write);
    window.addEventListener("hashchange", () => restore(this.app, location.hash));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => this.setTheme(event.matches));
  }

  private left(hear: Hear): HTMLElement {
    const bodies = [findingsPanel(this.app, hear), summaryPanel(this.app)];
    const tabs = [t("findings"), t("summary")].map((name, i) =>
      el("button", { attributes: { type: "button", role: "tab", "aria-selected": String(i === 0) }, on: { click: () => show(i) } }, name),
    );
    const show = (chosen: number): void => {
      bodies.forEach((body, i) => (body.hidden = i !== chosen));
      tabs.forEach((tab, i) => tab.setAttribute("aria-selected", String(i === chosen)));
    };
    show(0);
    return el("aside", { class: "left", label: t("findings") }, el("div", { class: "tabs", attributes: { role: "tablist" } }, ...tabs), ...bodies);
  }

  private middle(hear: Hear): HTMLElement {
    const { app, measure, picture } = this;
    picture.replaceChildren(app.stage.canvas, app.axes.layer as unknown as Node, measure.layer as unknown as Node);
    app.stage.canvas.setAttribute("aria-label", t("title"));
    const hint = measureBar(app, hear);
    this.loading.setAttribute("aria-label", t("loading"));
    hear((state) => {
      hint.hidden = !state.isMeasuring;
      picture.classList.toggle("measuring", state.isMeasuring);
    });
    return el(
      "div",
      { class: "middle" },
      picture,
      this.loading,
      compareSlider(app, hear),
      toolbar(app, hear, measure),
      hint,
      measure.spoken,
      storeySlider(app, hear),
      el("div", { class: "corner left-corner" }, legend(app, hear), readout(app, this.picker, picture)),
      el("div", { class: "corner right-corner" }, scaleBar(app), compass(app)),
      this.properties?.node ?? "",
    );
  }

  private right(hear: Hear): HTMLElement {
    const { app } = this;
    return el("aside", { class: "right", label: t("layers") }, layersPanel(app, hear), pointsPanel(app, hear), sectionPanel(app, hear));
  }

  private actions(): Parameters<typeof header>[1] {
    return {
      toggleLanguage: () => {
        setLanguage(currentLanguage() === "en" ? "zh" : "en");
        this.build();
      },
      toggleTheme: () => this.setTheme(this.app.theme.name === "light"),
      save: () => save(this.app),
      link: () => void copy(location.href.replace(/#.*$/, "") + fragment(this.app), (text) => this.say(text)),
      help: () => this.help?.showModal(),
      togglePanel: (side) => this.host.classList.toggle(`no-${side}`),
    };
  }

  private setTheme(isDark: boolean): void {
    this.app.theme = isDark ? DARK : LIGHT;
    this.build();
  }

  private say(text: string): void {
    this.toast.textContent = text;
    this.toast.classList.add("said");
    setTimeout(() => this.toast.classList.remove("said"), 2500);
  }

  private onKey(event: KeyboardEvent): void {
    const actions = this.actions();
    shortcuts(this.app, { help: actions.help, save: actions.save, theme: actions.toggleTheme, escape: () => this.escape() })(event);
  }

  private escape(): void {
    const { state } = this.app.store;
    if (this.measure.cancel()) return;
    if (state.isMeasuring) this.app.store.set({ isMeasuring: false });
    else if (state.element !== null) this.properties?.close();
    else if (state.compare !== null) this.app.store.set({ compare: null });
    else this.app.store.set({ finding: null });
  }

  /** For scripts that drive the page: where things are, in the design frame and on the screen. */
  private expose(): void {
    const { stage, facts } = this.app;
    const origin = new Vector3(...facts.origin);
    Object.assign(window, {
      plumbline: {
        target: () => stage.controls.getTarget(new Vector3()).add(origin).toArray(),
        eye: () => stage.controls.getPosition(new Vector3()).add(origin).toArray(),
        screen: (place: [number, number, number]) => stage.project(new Vector3(...place).sub(origin)),
        measured: () => this.measure.lines.map(([a, b]) => a.distanceTo(b)),
        areas: () => this.measure.areas.map(areaOf),
        state: () => this.app.store.state,
      },
    });
  }
}
