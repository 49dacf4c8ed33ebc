// A chart of ECharts in a box that changes its size. Only what is used is bundled.

import { BarChart, CustomChart, ScatterChart } from "echarts/charts";
import { GeoComponent, GraphicComponent, GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { el } from "../../../evidence/viewer/src/dom";
import type { Look } from "./look";

echarts.use([BarChart, CustomChart, ScatterChart, GeoComponent, GraphicComponent, GridComponent, TooltipComponent, SVGRenderer]);

export { echarts };
export type Option = Record<string, unknown>;

export class Drawing {
  readonly box: HTMLElement;
  readonly chart: ReturnType<typeof echarts.init>;
  private readonly watcher: ResizeObserver;

  constructor(label: string, className = "drawing") {
    this.box = el("div", { class: className, label, attributes: { role: "img" } });
    this.chart = echarts.init(this.box, null, { renderer: "svg", width: 10, height: 10 });
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this.box);
  }

  fit(): void {
    const { clientWidth, clientHeight } = this.box;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.chart.resize({ width: clientWidth, height: clientHeight });
    // On paper the box has another size, and nobody is told: the drawing is stretched into it.
    this.box.querySelector("svg")?.setAttribute("viewBox", `0 0 ${clientWidth} ${clientHeight}`);
  }

  draw(option: Option): void {
    this.fit();
    this.chart.setOption({ animation: false, ...option }, { replaceMerge: ["series"] });
  }

  drop(): void {
    this.watcher.disconnect();
    this.chart.dispose();
  }
}

/** Tips are built as elements, so that no name from a record can become markup. */
export function tip(seen: Look, build: (params: never) => HTMLElement | null, trigger: "item" | "axis" = "item"): object {
  return {
    trigger,
    confine: true,
    transitionDuration: 0,
    backgroundColor: seen.paper,
    borderColor: seen.line,
    borderWidth: 1,
    padding: [7, 10],
    textStyle: { color: seen.ink, fontSize: 12, fontFamily: seen.font },
    axisPointer: { type: "shadow", shadowStyle: { color: seen.hover, opacity: 0.8 } },
    formatter: (params: never) => build(params) ?? "",
  };
}

/** The same as a table for whoever cannot see the chart. */
export function spoken(caption: string, head: string[], rows: string[][]): HTMLElement {
  return el(
    "table",
    { class: "spoken" },
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { attributes: { scope: "col" } }, text)))),
    el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { attributes: { scope: "row" } }, first ?? ""), ...rest.map((text) => el("td", {}, text))))),
  );
}
