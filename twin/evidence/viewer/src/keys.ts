// Keyboard shortcuts; typing into a control is left alone.

import type { App } from "./app";
import { choose } from "./findings";
import { stepLevel } from "./storeys";
import { toggleCompare } from "./toolbar";
import { VIEWS, showView, showWhole } from "./views";

export interface Shortcuts {
  help: () => void;
  save: () => void;
  theme: () => void;
  escape: () => void;
}

const STEP_PX = 60;

export function shortcuts(app: App, actions: Shortcuts): (event: KeyboardEvent) => void {
  const { store } = app;
  const byKey: Record<string, () => void> = {
    j: () => step(app, 1),
    k: () => step(app, -1),
    f: () => void showWhole(app),
    p: () => store.set({ isParallel: !store.state.isParallel }),
    m: () => store.set({ isMeasuring: !store.state.isMeasuring }),
    c: () => toggleCompare(app),
    s: actions.save,
    d: actions.theme,
    "?": actions.help,
    "[": () => stepLevel(app, -1),
    "]": () => stepLevel(app, 1),
    Escape: actions.escape,
    ArrowLeft: () => walk(app, -1, 0),
    ArrowRight: () => walk(app, 1, 0),
    ArrowUp: () => walk(app, 0, 1),
    ArrowDown: () => walk(app, 0, -1),
  };
  VIEWS.forEach((view, i) => {
    byKey[String(i + 1)] = () => void showView(app, view);
  });
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const isControl = event.target instanceof HTMLInputElement;
    if (isControl && event.key.startsWith("Arrow")) return;
    const act = byKey[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

function step(app: App, by: 1 | -1): void {
  const count = app.facts.findings.length;
  if (!count) return;
  const at = app.store.state.finding;
  void choose(app, at === null ? (by > 0 ? 0 : count - 1) : (at + by + count) % count);
}

function walk(app: App, right: number, ahead: number): void {
  const { controls, camera } = app.stage;
  const metre = STEP_PX / app.stage.pixelsPerMetre(Math.max(camera.position.length(), 1));
  if (right) void controls.truck(right * metre, 0, !app.stage.isStill);
  if (ahead) void controls.forward(ahead * metre, !app.stage.isStill);
}
