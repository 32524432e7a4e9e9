/** Builds DOM in one expression, safely: text is text, never markup. Owns nothing. */

export type Child = Node | string | null | undefined | false;

interface Props {
  class?: string;
  /** Attributes; false and undefined leave one out, true writes it empty (aria-…: "true"). */
  attrs?: Record<string, string | number | boolean | undefined>;
  on?: Partial<{ [K in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[K]) => void }>;
}

/** Create an element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class !== undefined) element.className = props.class;
  for (const [name, value] of Object.entries(props.attrs ?? {})) {
    if (value === undefined || value === false) continue;
    // An empty aria attribute says nothing; to be true it has to say so.
    const empty = value === true && !name.startsWith("aria-");
    element.setAttribute(name, empty ? "" : String(value));
  }
  for (const [name, run] of Object.entries(props.on ?? {})) {
    element.addEventListener(name, run as EventListener);
  }
  put(element, ...children);
  return element;
}

/** Append children, leaving out what is not there. */
export function put(parent: Element, ...children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child);
  }
}

/** Replace all children. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  put(parent, ...children);
}

/** Create an SVG element. */
export function svg(
  tag: string,
  attrs: Record<string, string | number> = {},
  ...children: (SVGElement | null)[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, String(value));
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Whether typing here means text and not a shortcut. */
export function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
