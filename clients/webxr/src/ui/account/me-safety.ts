/** Safety: the personal boundary with a picture of it, and whom one blocked or muted. */
import type { Card } from "../../net/groups";
import { BOUNDARY_MODES, type Safety, safety, setBoundary } from "../../net/own";
import { relate, unrelate } from "../../net/ties";
import { WIRE_LIMITS } from "../../protocol/control";
import { fill, h } from "../dom";
import { cardChoice, radioCards } from "../groups/radio-cards";
import { act, emptyState, formOf, loading, part, personCard, run } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { boundaryPicture } from "./boundary-picture";
import type { MePart } from "./me";

const W = A.safety;
const RADIUS_STEP_M = 0.1;

export const safetyPart: MePart = (main, context) => {
  const { session } = context;
  loading(main, { load: safety, draw: (found) => parts(found, session.me.account), lines: 4 });
};

type Look = { primary: string; secondary: string; pattern: number };

function parts(found: Safety, own: Look | null): HTMLElement[] {
  return [
    part(W.title, h("p", { class: "quiet" }, W.lead), boundaryForm(found, own)),
    part(W.blocked, h("p", { class: "quiet" }, W.blockedLead), people("blocks", found.blocks)),
    part(W.muted, h("p", { class: "quiet" }, W.mutedLead), people("mutes", found.mutes)),
  ];
}

function boundaryForm({ boundary }: Safety, own: Look | null): HTMLElement {
  const mode = radioCards(
    W.mode,
    BOUNDARY_MODES.map((value) => cardChoice(value, W.modes[value])),
    boundary.mode,
    () => draw(),
  );
  const slider = h("input", {
    class: "slider",
    attrs: {
      id: "boundary-radius",
      type: "range",
      min: WIRE_LIMITS.boundaryMinM,
      max: WIRE_LIMITS.boundaryMaxM,
      step: RADIUS_STEP_M,
      "data-test": "boundary-radius",
    },
  });
  slider.value = String(boundary.radius_m);
  const said = h("output", { attrs: { for: "boundary-radius" } });
  const picture = h("div", { class: "boundary-picture", attrs: { role: "img" } });
  const draw = () => {
    const radius = Number(slider.value);
    const words = W.metres(radius);
    said.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    picture.setAttribute("aria-label", W.picture(radius));
    picture.classList.toggle("off", mode.value() === "off");
    fill(picture, boundaryPicture(radius, own));
  };
  slider.addEventListener("input", draw);
  draw();
  return formOf({
    submit: W.submit,
    test: "save-boundary",
    fields: {},
    content: [
      mode.element,
      h(
        "div",
        { class: "field" },
        h("label", { attrs: { for: "boundary-radius" } }, W.radius, " ", said),
        slider,
      ),
      picture,
      h("p", { class: "small quiet" }, W.groupMore),
    ],
    run: async () => {
      await setBoundary({ mode: mode.value(), radius_m: Number(slider.value) });
      toast(W.saved);
    },
  });
}

const WORDS = {
  blocks: {
    undo: W.unblock,
    label: W.unblockLabel,
    undone: W.unblocked,
    empty: () => emptyState("safe", W.blockedEmpty, W.blockedEmptyHelp),
  },
  mutes: {
    undo: W.unmute,
    label: W.unmuteLabel,
    undone: W.unmuted,
    empty: () => emptyState("sound", W.mutedEmpty, W.mutedEmptyHelp),
  },
} as const;

/** People to take back what one did; taking back can be undone. */
function people(kind: "blocks" | "mutes", cards: Card[]): HTMLElement {
  const words = WORDS[kind];
  const list = h("div", { class: "stack wide" });
  const draw = () => {
    if (cards.length === 0) fill(list, words.empty());
    else fill(list, h("ul", { class: "list" }, ...cards.map(row)));
  };
  const row = (card: Card) =>
    personCard(
      card,
      [],
      act(words.undo, (button) => takeBack(button, card), { label: words.label(card.name) }),
    );
  const takeBack = (button: HTMLElement, card: Card) => {
    void run(button, async () => {
      await unrelate(kind, card.id);
      const at = cards.indexOf(card);
      cards.splice(at, 1);
      draw();
      toast(words.undone(card.name), {
        action: { label: W.undo, run: () => void again(card, at) },
      });
    });
  };
  const again = async (card: Card, at: number) => {
    try {
      await relate(kind, card.id);
      cards.splice(at, 0, card);
      draw();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { wrong: true });
    }
  };
  draw();
  return list;
}
