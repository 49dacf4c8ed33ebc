// Colours and letters of the charts, taken from the style sheet so that light and dark are said once.

import type { Facts, Status } from "./facts";
import { css } from "./symbols";

export interface Look {
  ink: string;
  soft: string;
  faint: string;
  line: string;
  paper: string;
  panel: string;
  hover: string;
  accent: string;
  font: string;
  /** What persons decided: shades of ink, since colours belong to verdicts. */
  awaiting: string;
  dismissed: string;
  confirmed: string;
  rectified: string;
}

export function look(): Look {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: value("ink"),
    soft: value("soft"),
    faint: value("faint"),
    line: value("line"),
    paper: value("paper"),
    panel: value("panel"),
    hover: value("hover"),
    accent: value("accent"),
    font: getComputedStyle(document.body).fontFamily,
    awaiting: value("awaiting"),
    dismissed: value("dismissed"),
    confirmed: value("confirmed"),
    rectified: value("rectified"),
  };
}

/** Fill of a bar by its verdict; what was not observed is hatched. */
export function fill(facts: Facts, status: Status): object {
  const colour = css(facts.colours[status]);
  if (status === "undecided") return { color: colour, decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: "rgba(255, 255, 255, 0.75)" } };
  if (status === "failed") return { color: "transparent", borderColor: colour, borderWidth: 1.2 };
  return { color: colour };
}
