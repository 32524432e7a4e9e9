/** Lets a person choose two colours and a pattern, with a live picture of the result. */
import type { Appearance } from "../net/api";
import { fill, h } from "./dom";
import { figure, patternSwatch } from "./face";
import { PALETTE } from "./profile";
import { S } from "./strings";

export interface LookPicker {
  readonly fields: HTMLElement;
  readonly picture: HTMLElement;
}

/** Build the picker over `look`, which it changes in place; `changed` is called after each change. */
export function lookPicker(look: Appearance, changed: () => void): LookPicker {
  const picture = h("div", { class: "preview", attrs: { role: "img" } });
  const patterns = h("div", { class: "choices patterns" });
  const drawPatterns = () => {
    fill(
      patterns,
      ...S.patterns.map((label, pattern) =>
        h(
          "label",
          { class: "swatch", attrs: { title: label } },
          h("input", {
            attrs: {
              type: "radio",
              name: "pattern",
              value: pattern,
              checked: look.pattern === pattern,
              "aria-label": label,
            },
            on: {
              change: () => {
                look.pattern = pattern;
                redraw();
              },
            },
          }),
          h("span", { class: "swatch-face" }, patternSwatch({ ...look, pattern })),
        ),
      ),
    );
  };
  const redraw = () => {
    fill(picture, figure(look));
    picture.setAttribute("aria-label", S.door.preview(look.name));
    changed();
  };
  const colourChanged = () => {
    drawPatterns();
    redraw();
  };
  const fields = h(
    "div",
    { class: "look" },
    colourRow("primary", S.door.primary, look, colourChanged),
    colourRow("secondary", S.door.secondary, look, colourChanged),
    h("fieldset", {}, h("legend", { class: "legend" }, S.door.pattern), patterns),
  );
  drawPatterns();
  redraw();
  return { fields, picture };
}

function colourRow(
  key: "primary" | "secondary",
  title: string,
  look: Appearance,
  changed: () => void,
): HTMLElement {
  const own = h("input", {
    class: "own-colour",
    attrs: { type: "color", value: look[key], "aria-label": `${title}: ${S.ownColour}` },
  });
  const ownFace = h("span", { class: "swatch-face own" });
  const isOwn = () => !PALETTE.some((colour) => colour === look[key]);
  const showOwn = () => {
    ownFace.style.background = isOwn() ? look[key] : "";
    ownFace.classList.toggle("chosen", isOwn());
  };
  const choices = PALETTE.map((colour) => {
    const label = S.colours[colour] ?? colour;
    const input = h("input", {
      attrs: {
        type: "radio",
        name: key,
        value: colour,
        checked: look[key] === colour,
        "aria-label": label,
      },
    });
    input.addEventListener("change", () => {
      look[key] = colour;
      own.value = colour;
      showOwn();
      changed();
    });
    const dot = h("span", { class: "swatch-face" });
    dot.style.background = colour;
    return h("label", { class: "swatch", attrs: { title: label } }, input, dot);
  });
  const row = h("div", { class: "choices colours" }, ...choices);
  own.addEventListener("input", () => {
    look[key] = own.value.toLowerCase();
    for (const input of row.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
      input.checked = input.value === look[key];
    }
    showOwn();
    changed();
  });
  row.append(h("label", { class: "swatch", attrs: { title: S.ownColour } }, own, ownFace));
  showOwn();
  return h("fieldset", {}, h("legend", { class: "legend" }, title), row);
}
