// What was clicked: an element's measured state, or a point of the survey.

import { Box3, Vector3 } from "three";
import { inDesign, onMap, type App } from "./app";
import type { PointHit } from "./cloud";
import { button, el, foreign, icon } from "./dom";
import { bounded, millimetres, percent, place, grouped } from "./format";
import { ICONS } from "./icons";
import { named, t } from "./texts";

export function boxOfElement(app: App, owner: number): Box3 {
  const box = new Box3();
  const at = new Vector3();
  const places = app.model.geometry.getAttribute("position");
  app.model.owner.forEach((other, i) => {
    if (other === owner) box.expandByPoint(at.fromBufferAttribute(places, i));
  });
  return box;
}

/** Where clicks in the picture are told. */
export interface Clicked {
  click: (element: number | null, place: Vector3, point: PointHit | null) => void;
  close: () => void;
}

export class Properties implements Clicked {
  readonly node = el("section", { class: "properties floating", label: t("element"), attributes: { hidden: "" } });
  private spot: { place: Vector3; point: PointHit | null } | null = null;
  private isClicking = false;

  constructor(private readonly app: App, hear: App["store"]["hear"]) {
    hear((state, before) => {
      const isOther = state.element !== before.element || state.finding !== before.finding;
      if (!isOther && !(state.isMeasuring && !before.isMeasuring) && state !== before) return;
      if (!this.isClicking) this.spot = null; // chosen elsewhere: the clicked place is no longer meant
      this.show(state.element);
    });
  }

  /** Shows a clicked place, with the element there if any. */
  click(element: number | null, place: Vector3, point: PointHit | null): void {
    this.spot = { place, point };
    if (this.app.store.state.element === element) this.show(element);
    else {
      this.isClicking = true;
      this.app.store.set({ element });
      this.isClicking = false;
    }
  }

  close(): void {
    this.spot = null;
    if (this.app.store.state.element === null) this.show(null);
    else this.app.store.set({ element: null });
  }

  private show(element: number | null): void {
    const rows = [...(element === null ? [] : this.elementRows(element)), ...this.spotRows()];
    this.node.hidden = rows.length === 0;
    if (!rows.length) return;
    const { elements } = this.app.facts;
    const heading = element === null ? t("point") : bounded(elements.name[element] || (elements.ifc_class[element] ?? ""), 160);
    this.node.replaceChildren(
      el(
        "header",
        {},
        el("h3", {}, foreign(heading)),
        button(t("close"), { class: "small", on: { click: () => this.close() } }, icon(ICONS.close)),
      ),
      el("dl", { class: "rows" }, ...rows),
    );
  }

  private elementRows(owner: number): HTMLElement[] {
    const { elements } = this.app.facts;
    const [status, deviation] = [elements.status[owner] ?? "", elements.deviation_m[owner] ?? null];
    const isJudged = elements.role[owner] === "building";
    const spread = elements.expanded_uncertainty_m[owner] ?? null;
    const rows = [row(t("ifc_class"), foreign(bounded(elements.ifc_class[owner] ?? "", 60)))];
    const storey = elements.storey[owner];
    if (storey) rows.push(row(t("storey"), foreign(bounded(storey, 60))));
    if (!isJudged) return rows;
    rows.push(row(t("status"), el("span", { class: `state ${status}` }, named("status", status))));
    if (deviation !== null) {
      rows.push(row(t("deviation"), millimetres(deviation, true) + (spread === null ? "" : ` ± ${millimetres(spread)}`)));
    }
    rows.push(row(t("coverage"), percent(elements.coverage[owner] ?? 0)));
    rows.push(row(t("points"), grouped(elements.points[owner] ?? 0, 0)));
    rows.push(row("GlobalId", el("code", {}, bounded(elements.global_id[owner] ?? "", 40))));
    return rows;
  }

  private spotRows(): HTMLElement[] {
    if (!this.spot) return [];
    const { point } = this.spot;
    const design = inDesign(this.app.facts, this.spot.place);
    const map = onMap(this.app.facts, design);
    const rows: HTMLElement[] = [];
    if (point) {
      const off = point.deviation === null ? t("beyond") : millimetres(point.deviation, true);
      rows.push(row(t("point"), `${named("class", String(point.kind))}, ${off}`));
    }
    rows.push(row(t("design_frame"), el("code", {}, place(design, 3))));
    if (map) rows.push(row(this.app.facts.crs ?? t("map_frame"), el("code", {}, place(map, 3))));
    return rows;
  }
}

function row(label: string, value: Node | string): HTMLElement {
  return el("div", {}, el("dt", {}, label), el("dd", {}, value));
}
