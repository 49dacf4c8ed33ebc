// Approved on the left, built on the right, a divider between.

import type { App } from "./app";
import { approvedStyles } from "./dressing";
import { el, range } from "./dom";
import { t } from "./texts";

export function compareSlider(app: App, hear: App["store"]["hear"]): HTMLElement {
  const slider = range({
    label: t("compare.slider"),
    min: 0,
    max: 1,
    step: 0.005,
    value: 0.5,
    change: (compare) => app.store.set({ compare }),
  });
  const handle = el("div", { class: "handle" }, el("span", { class: "side before" }, t("compare.left")), el("span", { class: "side after" }, t("compare.right")));
  const node = el("div", { class: "compare" }, handle, slider);
  dragged(app, handle, node);
  hear((state, before) => {
    node.hidden = state.compare === null;
    if (state.compare !== null) {
      slider.value = String(state.compare);
      node.style.setProperty("--at", String(state.compare));
    }
    if (state.compare !== before.compare || state === before) split(app, state.compare);
  });
  return node;
}

function split(app: App, share: number | null): void {
  if (share === null) app.stage.split = null;
  else if (app.stage.split) app.stage.split.share = share;
  else {
    const styles = approvedStyles(app);
    app.stage.split = { share, left: () => asApproved(app, styles) };
  }
  app.stage.redraw();
}

/** Shows the approved building alone; the returned function brings everything back. */
function asApproved(app: App, styles: ReturnType<typeof approvedStyles>): () => void {
  const before = app.model.swapped(styles);
  const others = app.stage.scene.children.filter((child) => !app.approved.includes(child) && child.visible);
  for (const child of others) child.visible = false;
  return () => {
    app.model.swapped(before);
    for (const child of others) child.visible = true;
  };
}

function dragged(app: App, handle: HTMLElement, host: HTMLElement): void {
  const move = (event: PointerEvent): void => {
    const box = host.getBoundingClientRect();
    app.store.set({ compare: Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) });
  };
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    event.preventDefault();
  });
  handle.addEventListener("pointerup", () => handle.removeEventListener("pointermove", move));
}
