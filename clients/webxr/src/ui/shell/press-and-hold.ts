/** A deliberate yes: a button that is held, and another way for who cannot hold. */
import { h } from "../dom";
import { SH } from "./strings";

const HOLD_MS = 1_200;

interface HoldOptions {
  label: string;
  test?: string;
  /** Carried out once the button was held long enough. */
  done(): void;
}

/** Build it. Space and Enter hold as a finger does; the other way is a box and a button. */
export function pressAndHold(options: HoldOptions): HTMLElement {
  const bar = h("span", { class: "hold-bar", attrs: { "aria-hidden": true } });
  const words = h("span", { class: "hold-words" }, options.label);
  const test = options.test ?? "hold";
  const button = h(
    "button",
    {
      class: "button next big hold",
      attrs: { type: "button", "data-test": test, "aria-description": SH.hold },
    },
    bar,
    words,
  );
  let timer: ReturnType<typeof setTimeout> | null = null;
  let key = "";
  const begin = () => {
    if (timer !== null) return;
    button.classList.add("holding");
    words.textContent = SH.holding;
    timer = setTimeout(() => {
      end();
      options.done();
    }, HOLD_MS);
  };
  const end = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    key = "";
    button.classList.remove("holding");
    words.textContent = options.label;
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button === 0) begin();
  });
  for (const kind of ["pointerup", "pointerleave", "pointercancel", "blur"] as const) {
    button.addEventListener(kind, end);
  }
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (key !== "") return;
    key = event.key;
    begin();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === key) end();
  });
  const box = h("input", { attrs: { type: "checkbox", "data-test": `${test}-check` } });
  const instead = h(
    "button",
    { class: "button", attrs: { type: "button", disabled: true, "data-test": `${test}-instead` } },
    options.label,
  );
  box.addEventListener("change", () => {
    instead.disabled = !box.checked;
  });
  instead.addEventListener("click", () => options.done());
  return h(
    "div",
    { class: "stack" },
    button,
    h("p", { class: "small quiet" }, `${SH.hold}: ${options.label}`),
    h(
      "details",
      {},
      h("summary", {}, SH.holdInstead),
      h("div", { class: "row" }, h("label", { class: "check-row" }, box, SH.holdCheck), instead),
    ),
  );
}
