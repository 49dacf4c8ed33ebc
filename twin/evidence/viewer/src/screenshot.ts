// The present view as a picture with a caption: case, date, digest, what is looked at.

import type { App } from "./app";
import { bounded } from "./format";
import { css } from "./palette";
import { named, t } from "./texts";

const CAPTION_PX = 46;

export function captioned(app: App): HTMLCanvasElement {
  const source = app.stage.picture();
  const ratio = source.width / Math.max(source.clientWidth, 1);
  const canvas = document.createElement("canvas");
  canvas.width = source.width;
  canvas.height = source.height + Math.round(CAPTION_PX * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  pen.drawImage(source, 0, 0);
  const font = getComputedStyle(document.body).fontFamily;
  app.axes.paint(pen, ratio, font);
  pen.fillStyle = css(app.theme.below);
  pen.fillRect(0, source.height, canvas.width, canvas.height - source.height);
  pen.fillStyle = app.theme.name === "dark" ? "#eef1f4" : "#1d242c";
  const [first, second] = caption(app);
  pen.font = `600 ${14 * ratio}px ${font}`;
  pen.fillText(first, 14 * ratio, source.height + 19 * ratio, canvas.width - 28 * ratio);
  pen.font = `${12 * ratio}px ${font}`;
  pen.fillText(second, 14 * ratio, source.height + 37 * ratio, canvas.width - 28 * ratio);
  return canvas;
}

function caption(app: App): [string, string] {
  const { facts, store } = app;
  const finding = store.state.finding === null ? null : facts.findings[store.state.finding];
  const first = [bounded(facts.case, 80), finding ? `${finding.id} ${named("kind", finding.kind)}` : named("verdict", facts.verdict)];
  const second = [`${t("captured")} ${facts.captured_on ?? t("unknown")}`, `SHA-256 ${facts.digest.slice(0, 16)}`, `${t("colour_by")}: ${t(`by.${store.state.colourBy}`)}`];
  return [first.join("  ·  "), second.join("  ·  ")];
}

export function save(app: App): void {
  captioned(app).toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `plumbline-${app.facts.digest.slice(0, 8)}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}
