// Clicks in the picture: choose, measure, go there.

import { Box3, Vector3 } from "three";
import type { App } from "./app";
import { within } from "./furniture";
import { choose } from "./findings";
import type { Measure } from "./measure";
import type { Picker } from "./pick";
import type { Clicked } from "./properties";

/** A press that moves farther than this turns the view and is no click. */
const STILL_PX = 4;

export function listen(app: App, picker: Picker, measure: Measure, properties: Clicked): void {
  const { canvas } = app.stage;
  let pressed: { x: number; y: number } | null = null;
  canvas.addEventListener("pointerdown", (event) => {
    pressed = event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!pressed || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > STILL_PX) return;
    const { x, y } = within(canvas, event);
    if (app.store.state.isMeasuring) {
      const place = picker.snapped(x, y);
      if (place) measure.take(place, picker.foot(place));
    } else click(app, picker, properties, x, y);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!app.store.state.isMeasuring || event.buttons) return;
    const { x, y } = within(canvas, event);
    measure.point(picker.snapped(x, y));
  });
  canvas.addEventListener("dblclick", (event) => {
    if (app.store.state.isMeasuring) return;
    const { x, y } = within(canvas, event);
    const { surface, point } = picker.at(x, y);
    const place = point?.hit.place ?? surface?.place;
    if (place) void goTo(app, place);
  });
}

function click(app: App, picker: Picker, properties: Clicked, x: number, y: number): void {
  const { surface, point } = picker.at(x, y);
  if (surface?.of === "finding" && !(point && point.distance < surface.distance - 0.3)) {
    if (app.store.state.finding !== surface.owner) void choose(app, surface.owner);
    return;
  }
  const place = point?.hit.place ?? surface?.place;
  if (!place) {
    properties.close();
    return;
  }
  const isOnSurface = surface !== null && (!point || point.distance > surface.distance - 0.3);
  properties.click(isOnSurface ? surface.owner : null, place, point?.hit ?? null);
}

/** Comes to a third of the way from a place, looking at it as before. */
async function goTo(app: App, place: Vector3): Promise<void> {
  const { controls } = app.stage;
  const from = controls.getPosition(new Vector3()).sub(controls.getTarget(new Vector3()));
  const radius = Math.max(app.stage.camera.position.distanceTo(place) * 0.2, 1.2);
  await app.stage.look(from, new Box3().setFromCenterAndSize(place, new Vector3(radius, radius, radius)));
}
