// The map: a sign for each project at its place, footprints when one comes near, hulls of the districts beneath.

import { button, el, foreign, icon, svg } from "../../../evidence/viewer/src/dom";
import { Drawing, echarts, tip } from "./drawing";
import { type Place, type Project, type Status, STATUSES } from "./facts";
import { type Look, look } from "./look";
import type { Store } from "./state";
import { HOLLOW, PATHS, SIZES, css } from "./symbols";
import { named, number, t } from "./texts";

const GROUND = "ground";
/** Region that makes the map as wide as its places; never drawn. */
const EXTENT = "\u0000extent";
const FOOTPRINT_PX = 5;
const NEAREST_M = 120;

export class CityMap {
  readonly node: HTMLElement;
  private drawing: Drawing | null = null;
  /** What the scale bar shows; it is part of the drawing, so that it stays true when that is stretched on paper. */
  private scale = "";
  private readonly note = el("p", { class: "minor map-note" });
  private widest = 1000;
  private before: number | null = null;
  /** Of signs: many must not hide each other. */
  private size = 1;

  constructor(private readonly store: Store) {
    this.node = el("section", { class: "panel map", label: t("map") });
    const located = store.facts.projects.filter((project) => project.at !== null);
    if (located.length === 0) {
      this.node.append(el("p", { class: "empty" }, t("map.none")));
      return;
    }
    this.drawing = new Drawing(t("map.label"));
    this.widest = this.register(located);
    this.size = Math.min(1, Math.max(0.6, Math.sqrt(400 / located.length)));
    const zoom = (label: string, path: string, factor: number): HTMLElement =>
      button(label, { class: "small", on: { click: () => this.zoom(factor) } }, icon(path));
    this.node.append(
      this.drawing.box,
      el("div", { class: "zooms floating" }, zoom(t("zoom.in"), "M8 3v10M3 8h10", 1.6), zoom(t("zoom.out"), "M3 8h10", 1 / 1.6), zoom(t("zoom.fit"), "M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5", 0)),
      el("div", { class: "map-foot" }, north(), this.note),
    );
    const { chart } = this.drawing;
    chart.on("click", (event) => {
      const data = event.data as { index?: number } | undefined;
      if (data?.index !== undefined) store.set({ chosen: data.index });
    });
    // ECharts takes no option while it is drawing.
    const later = (): void => void setTimeout(() => this.measure());
    chart.on("georoam", later);
    chart.on("finished", later);
  }

  drop(): void {
    this.drawing?.drop();
  }

  /** Names districts' hulls and the extent to ECharts; returns the larger side of the extent, m. */
  private register(located: Project[]): number {
    const places = located.map((project) => project.at as Place);
    const rings = this.store.facts.hulls.flatMap((hull) => hull.ring).concat(places);
    const low = [0, 1].map((axis) => Math.min(...rings.map((place) => place[axis] as number))) as Place;
    const high = [0, 1].map((axis) => Math.max(...rings.map((place) => place[axis] as number))) as Place;
    const side = Math.max(high[0] - low[0], high[1] - low[1], NEAREST_M);
    const room = 0.02 * side + NEAREST_M / 2;
    const [west, south, east, top] = [low[0] - room, low[1] - room, high[0] + room, high[1] + room];
    const feature = (name: string, ring: Place[]): object => ({ type: "Feature", properties: { name }, geometry: { type: "Polygon", coordinates: [ring] } });
    const features = [
      feature(EXTENT, [[west, south], [east, south], [east, top], [west, top], [west, south]]),
      ...this.store.facts.hulls.map((hull) => feature(hull.district, hull.ring)),
    ];
    echarts.registerMap(GROUND, { type: "FeatureCollection", features } as never);
    return side;
  }

  follow(): void {
    if (!this.drawing) return;
    const seen = look();
    const { facts, state } = this.store;
    const shown = this.store.shown();
    this.drawing.draw({
      tooltip: tip(seen, (event: { data?: { index?: number } }) => this.tipOf(event.data?.index)),
      geo: this.ground(seen),
      series: [
        this.footprints(),
        ...[...STATUSES].reverse().map((status) => this.signs(status, seen)),
        this.ring(seen),
        this.names(seen),
      ],
    });
    const off = shown.filter((project) => project.at === null).length;
    const parts = [facts.crs ? t("map.system", { crs: facts.crs }) : "", t("map.hulls"), off ? t("map.off", { n: off, all: shown.length }) : ""];
    this.note.replaceChildren(foreign(parts.filter(Boolean).join(" · ")));
    const at = this.store.chosen()?.at;
    if (at && state.chosen !== this.before) this.show(at);
    this.before = state.chosen;
    this.measure();
  }

  private ground(seen: Look): object {
    const { district } = this.store.state;
    const plain = { itemStyle: { color: "transparent", borderColor: "transparent" }, label: { show: false } };
    return {
      map: GROUND,
      roam: true,
      aspectScale: 1,
      left: 8,
      right: 8,
      top: 8,
      bottom: 40,
      preserveAspect: "contain",
      silent: true,
      scaleLimit: { min: 0.8, max: this.widest / NEAREST_M },
      itemStyle: { color: seen.hover, borderColor: seen.line, borderWidth: 1, opacity: 0.7 },
      label: { show: false },
      regions: [
        { name: EXTENT, ...plain, silent: true },
        ...(district === null ? [] : [{ name: district, itemStyle: { borderColor: seen.accent, borderWidth: 1.6 } }]),
      ],
    };
  }

  private signs(status: Status, seen: Look): object {
    const colour = css(this.store.facts.colours[status]);
    const own = this.store.facts.projects.flatMap((project, index) =>
      project.status === status && project.at !== null
        ? [{ value: project.at, index, ...(this.store.isShown(project) ? {} : { itemStyle: { opacity: 0.09 }, silent: true }) }]
        : [],
    );
    return {
      type: "scatter",
      coordinateSystem: "geo",
      id: status,
      name: named("status", status),
      symbol: `path://${PATHS[status]}`,
      symbolSize: SIZES[status] * this.size,
      z: 4 + STATUSES.length - STATUSES.indexOf(status),
      itemStyle: HOLLOW[status] ? { color: "rgba(0,0,0,0.001)", borderColor: colour, borderWidth: 1.7, opacity: 1 } : { color: colour, borderColor: seen.paper, borderWidth: 0.8, opacity: 1 },
      emphasis: { scale: 1.5 },
      data: own,
    };
  }

  /** Footprints stand beneath the signs once they are large enough to be seen. */
  private footprints(): object {
    const { facts } = this.store;
    const drawn = facts.projects.flatMap((project, index) => (project.ring.length && this.store.isShown(project) ? [{ value: [...(project.at as Place), index], index }] : []));
    return {
      type: "custom",
      coordinateSystem: "geo",
      id: "footprints",
      z: 3,
      data: drawn,
      renderItem: (_: unknown, api: { value: (dimension: number) => number; coord: (place: number[]) => number[] }) => {
        const project = facts.projects[api.value(2)] as Project;
        const points = project.ring.map((place) => api.coord(place));
        const across = Math.max(...[0, 1].map((axis) => Math.max(...points.map((point) => point[axis] as number)) - Math.min(...points.map((point) => point[axis] as number))));
        if (!(across >= FOOTPRINT_PX)) return undefined;
        const colour = css(facts.colours[project.status]);
        return { type: "polygon", shape: { points }, style: { fill: colour, fillOpacity: 0.28, stroke: colour, lineWidth: 1.2 } };
      },
    };
  }

  private ring(seen: Look): object {
    const at = this.store.chosen()?.at;
    return {
      type: "scatter",
      coordinateSystem: "geo",
      id: "chosen",
      silent: true,
      symbol: "circle",
      symbolSize: 24,
      z: 20,
      itemStyle: { color: "transparent", borderColor: seen.ink, borderWidth: 2.4 },
      data: at ? [{ value: at }] : [],
    };
  }

  /** Names of districts lie above the signs, in the middle of their hulls. */
  private names(seen: Look): object {
    const label = { show: true, position: "inside", color: seen.ink, fontSize: 10.5, fontWeight: 600, fontFamily: seen.font, backgroundColor: seen.paper, opacity: 0.82, padding: [1, 4], borderRadius: 3 };
    return {
      type: "scatter",
      coordinateSystem: "geo",
      id: "names",
      silent: true,
      symbolSize: 0.1,
      z: 30,
      itemStyle: { opacity: 0 },
      data: this.store.facts.hulls.map(({ district, ring }) => ({ value: middle(ring), label: { ...label, formatter: () => district.slice(0, 24) } })),
    };
  }

  /** Brings the chosen project into view where it lies outside. */
  private show(at: Place): void {
    const chart = this.drawing?.chart;
    const seen = chart?.convertToPixel("geo", at);
    if (!chart || !Array.isArray(seen)) return;
    const [x, y] = seen as Place;
    if (x < 0 || y < 0 || x > chart.getWidth() || y > chart.getHeight()) chart.setOption({ geo: { center: at } });
  }

  private tipOf(index: number | undefined): HTMLElement | null {
    const project = index === undefined ? undefined : this.store.facts.projects[index];
    if (!project) return null;
    return el(
      "div",
      { class: "tip" },
      el("strong", {}, foreign(project.name.slice(0, 80))),
      el("div", { class: "minor" }, foreign(project.number.slice(0, 60))),
      el("div", {}, `${named("status", project.status)} · ${t("tier_of", { tier: named("tier", project.tier) })}`),
    );
  }

  private zoom(factor: number): void {
    if (!this.drawing) return;
    const { chart } = this.drawing;
    if (factor === 0) chart.setOption({ geo: { zoom: 1, center: null } });
    else chart.dispatchAction({ type: "geoRoam", componentType: "geo", geoIndex: 0, zoom: factor, originX: chart.getWidth() / 2, originY: chart.getHeight() / 2 });
    this.measure();
  }

  /** The scale bar: a round length, at most a fifth of the map. */
  private measure(): void {
    const chart = this.drawing?.chart;
    if (!chart || chart.isDisposed()) return;
    const [a, b] = [chart.convertToPixel("geo", [0, 0]), chart.convertToPixel("geo", [1000, 0])];
    if (!Array.isArray(a) || !Array.isArray(b)) return;
    const perMetre = Math.abs((b[0] as number) - (a[0] as number)) / 1000;
    if (!(perMetre > 0)) return;
    const wanted = (chart.getWidth() * 0.2) / perMetre;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const length = power * ([5, 2, 1].find((step) => step * power <= wanted) ?? 1);
    const text = length >= 1000 ? `${number(length / 1000)} km` : `${number(length)} m`;
    const width = Math.round(length * perMetre * 10) / 10;
    const seen = look();
    const key = `${text} ${width} ${chart.getHeight()} ${seen.ink}`;
    if (key === this.scale) return;
    this.scale = key;
    const [x, y] = [38, chart.getHeight() - 10];
    const line = { id: "bar", type: "polyline", silent: true, shape: { points: [[x, y - 5], [x, y], [x + width, y], [x + width, y - 5]] }, style: { stroke: seen.ink, lineWidth: 1.5, fill: "none" } };
    const words = { id: "length", type: "text", silent: true, x, y: y - 20, style: { text, fill: seen.ink, font: `600 11px ${seen.font}` } };
    chart.setOption({ graphic: { elements: [line, words] } });
  }
}

function middle(ring: Place[]): Place {
  const sides = [0, 1].map((axis) => ring.map((place) => place[axis] as number));
  return sides.map((values) => (Math.min(...values) + Math.max(...values)) / 2) as Place;
}

function north(): HTMLElement {
  const arrow = svg("svg", { viewBox: "0 0 16 22", class: "north", role: "img", "aria-label": t("map.north") }, svg("path", { d: "M8 8L12 21L8 18.4L4 21Z" }));
  const letter = svg("text", { x: 8, y: 7 });
  letter.textContent = "N";
  arrow.append(letter);
  return el("span", { title: t("map.north") }, arrow as unknown as HTMLElement);
}
