// Opens the case that this page carries.

import { Box3, Vector3 } from "three";
import { subjectBox, type App } from "./app";
import { Axes } from "./axes";
import { Caps } from "./caps";
import { Cloud } from "./cloud";
import { Detail } from "./detail";
import { dress } from "./dressing";
import type { Facts, Vector } from "./facts";
import { readOwned } from "./owned";
import { DARK, LIGHT, type Theme } from "./palette";
import { readFacts } from "./packing";
import { Picker } from "./pick";
import { restore } from "./permalink";
import { Stage } from "./stage";
import { Store, firstState, type Cut } from "./state";
import { stationMarks } from "./stations";
import { setLanguage, t } from "./texts";
import { Page } from "./page";
import { showView } from "./views";
import { el } from "./dom";
import "./style.css";

/** Room around everything, so that the section box cuts nothing when it is wide open. */
const ROOM_M = 0.5;

function preferredTheme(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
}

/** Everything but the survey, which comes once the building can be seen. */
async function open(facts: Facts): Promise<{ app: App; picture: HTMLElement }> {
  const picture = el("div", { class: "drawing" });
  document.body.append(picture);
  const stage = new Stage(picture);
  const cloud = new Cloud(facts, stage.common);
  const model = await readOwned("model", facts.model, facts.elements.name.length, stage.common, { nearer: 0, ownColour: 0, order: 20 });
  const bodies = await readOwned("bodies", facts.bodies, facts.findings.length, stage.common, { nearer: 0.0018, ownColour: 1, order: 10 });
  const marks = stationMarks(facts.stations);
  const caps = new Caps(model, stage.common);
  const all = new Box3().setFromObject(model.group).union(new Box3().setFromObject(bodies.group));
  if (facts.box) all.union(new Box3(new Vector3(...facts.box[0]), new Vector3(...facts.box[1])));
  const subject = subjectBox(facts, model);
  const axes = new Axes(facts, stage, subject);
  all.union(subject);
  new Box3().setFromObject(axes.group).union(all).getBoundingSphere(stage.bounds);
  stage.scene.add(model.group, caps.group, cloud.group, bodies.group, marks, axes.group);
  const store = new Store(firstState(roomAround(subject, all)));
  const app: App = { facts, store, stage, model, bodies, cloud, axes, detail: null, theme: preferredTheme(), whole: store.state.cut, approved: [model.group, caps.group], subject };
  stage.beforeDraw = (share) => {
    axes.settle();
    app.detail?.update(share);
    cloud.showShare(share, app.detail?.all());
  };
  store.hear((state) => {
    dress(app);
    marks.visible = state.layers.stations.visible;
    axes.follow(state, app.whole);
    caps.follow(state.cut, app.whole);
    stage.setParallel(state.isParallel);
  });
  return { app, picture };
}

function roomAround(subject: Box3, all: Box3): Cut {
  const low = all.min.clone().min(subject.min).addScalar(-ROOM_M);
  const high = all.max.clone().max(subject.max).addScalar(ROOM_M);
  const rounded = (point: Vector3, round: (value: number) => number): Vector => point.toArray().map((value) => round(value * 10) / 10) as Vector;
  return { low: rounded(low, Math.floor), high: rounded(high, Math.ceil) };
}

async function start(): Promise<void> {
  const host = document.getElementById("app") as HTMLElement;
  const facts = await readFacts();
  setLanguage(facts.language);
  host.replaceChildren(el("div", { class: "wait" }, el("p", {}, t("loading"))));
  const { app, picture } = await open(facts);
  const page = new Page(app, host, picture, new Picker(app));
  await document.fonts.load("13px 'Plumbline Han'", t("language")); // it is inside the page
  page.build();
  if (!restore(app, location.hash)) {
    const still = app.stage.isStill;
    Object.assign(app.stage, { isStill: true });
    await showView(app, "iso");
    Object.assign(app.stage, { isStill: still });
  }
  page.follow();
  await app.stage.drawn();
  document.documentElement.dataset.drawn = "true";
  app.stage.expect(facts.points);
  await app.cloud.read((share) => page.loaded(share));
  app.store.set({}); // whoever tells of the points may now look at them
  document.documentElement.dataset.ready = "true";
  app.detail = await Detail.of(app);
  if (app.detail) document.documentElement.dataset.detail = "true";
  app.stage.redraw();
}

start().catch((error: unknown) => {
  const host = document.getElementById("app") as HTMLElement;
  const canDraw = Boolean(document.createElement("canvas").getContext("webgl2"));
  const why = canDraw ? String(error) : t("no_webgl");
  host.replaceChildren(el("div", { class: "wait" }, el("h1", {}, t("failed")), el("p", {}, why)));
});
