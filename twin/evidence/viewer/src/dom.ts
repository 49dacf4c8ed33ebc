// Builds elements. Text enters as text nodes only, so that no name from a file can become markup.

type Child = Node | string | null | undefined | false;

interface Options {
  class?: string;
  title?: string;
  label?: string;
  attributes?: Record<string, string>;
  on?: { [name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[name]) => void };
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (options.class) node.className = options.class;
  if (options.title) node.title = options.title;
  if (options.label) node.setAttribute("aria-label", options.label);
  for (const [name, value] of Object.entries(options.attributes ?? {})) node.setAttribute(name, value);
  for (const [name, listener] of Object.entries(options.on ?? {})) {
    node.addEventListener(name, listener as EventListener);
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

/** Text that came out of a file: kept apart, so that its writing direction cannot disturb its neighbours. */
export function foreign(text: string, className = ""): HTMLElement {
  return el("bdi", { class: className }, text);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Record<string, string | number>, ...children: Node[]): SVGElement {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A line icon on a 16 x 16 grid. */
export function icon(path: string): SVGElement {
  return svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

export function button(label: string, options: Options, ...children: Child[]): HTMLButtonElement {
  return el("button", { title: label, label, ...options, attributes: { type: "button", ...options.attributes } }, ...children);
}

interface Range {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  vertical?: boolean;
  change: (value: number) => void;
}

export function range(options: Range): HTMLInputElement {
  const input = el("input", {
    class: options.vertical ? "range vertical" : "range",
    label: options.label,
    title: options.label,
    attributes: {
      type: "range",
      min: String(options.min),
      max: String(options.max),
      step: String(options.step),
      ...(options.vertical ? { "aria-orientation": "vertical" } : {}),
    },
  });
  input.value = String(options.value);
  input.addEventListener("input", () => options.change(Number(input.value)));
  return input;
}
