/** All that one cue is, to be changed: words, time, pose, side, breath, music, light, alternatives. */
import type { Alternative } from "../../protocol/control.gen";
import {
  BODY_POSTURES,
  type CueDraft,
  LIGHTS,
  type PlanDraft,
  SIDES,
  TEXT_MOST,
  TRACKS,
  timesOf,
} from "../../state/plan-draft";
import type { Pose } from "../../state/poses";
import { fill, h } from "../dom";
import { act, area, checkRow, choice, field, numberField } from "../shell";
import { PL } from "../strings-plans";
import { breathFields } from "./breath-fields";
import { poseFigure } from "./figure";
import { pickPose } from "./pose-picker";
import { placeSeconds, placeText } from "./times";

const W = PL.editor;
const ALTERNATIVES_MOST = 4;
const SECONDS_MOST = 43_200;

export interface CueFields {
  element: HTMLElement;
  /** The cue changed elsewhere (undo, another version); what is being typed in stays. */
  take(cue: CueDraft): void;
}

export function cueFields(
  draft: PlanDraft,
  given: CueDraft,
  poses: ReadonlyMap<string, Pose>,
): CueFields {
  const { id } = given;
  const change = (part: Partial<CueDraft>, name = "") => draft.change(id, part, name);
  const text = area({
    label: W.text,
    attrs: {
      rows: 3,
      maxlength: TEXT_MOST,
      placeholder: W.textPlaceholder,
      "data-test": "cue-text",
    },
  });
  text.input.addEventListener("input", () => change({ text: text.input.value }, "text"));
  const when = whenPart(draft, given, change);
  const pose = posePart(poses, change);
  const side = choice({
    label: W.side,
    choices: [["", W.sideNone], ...SIDES.map((each): [string, string] => [each, W.sides[each]])],
  });
  side.input.addEventListener("input", () =>
    change({ side: (side.input.value || null) as CueDraft["side"] }),
  );
  const breath = breathFields(given.breath, (next) => change({ breath: next }, "breath"));
  const music = choice({
    label: W.music,
    choices: [["", W.musicSame], ...TRACKS.map((each): [string, string] => [each, W.tracks[each]])],
  });
  music.input.addEventListener("input", () =>
    change({ music: (music.input.value || null) as CueDraft["music"] }),
  );
  const light = choice({
    label: W.light,
    choices: [["", W.lightSame], ...LIGHTS.map((each): [string, string] => [each, W.lights[each]])],
  });
  light.input.addEventListener("input", () =>
    change({ light: (light.input.value || null) as CueDraft["light"] }),
  );
  const silence = checkRow(W.silence, given.silence, W.silenceHelp);
  silence.input.addEventListener("change", () => change({ silence: silence.input.checked }));
  const instead = alternativesPart(poses, change);
  const set = (
    input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
    value: string,
  ) => {
    if (input.value !== value) input.value = value;
  };
  const take = (cue: CueDraft) => {
    set(text.input, cue.text);
    when.take(cue);
    pose.take(cue);
    set(side.input, cue.side ?? "");
    breath.take(cue.breath);
    set(music.input, cue.music ?? "");
    set(light.input, cue.light ?? "");
    silence.input.checked = cue.silence;
    instead.take(cue);
  };
  take(given);
  return {
    take,
    element: h(
      "div",
      { class: "cue-fields" },
      text.element,
      when.element,
      h("div", { class: "pair" }, pose.element, side.element),
      breath.element,
      h("div", { class: "pair" }, music.element, light.element),
      silence.element,
      instead.element,
    ),
  };
}

type Change = (part: Partial<CueDraft>, name?: string) => void;
interface Part {
  element: HTMLElement;
  take(cue: CueDraft): void;
}

/** How long, and whether it follows or has a time of its own. */
function whenPart(draft: PlanDraft, given: CueDraft, change: Change): Part {
  const seconds = numberField({
    label: W.seconds,
    least: 1,
    most: SECONDS_MOST,
    attrs: { "data-test": "cue-seconds" },
  });
  seconds.input.addEventListener("input", () => {
    const typed = Number(seconds.input.value);
    if (typed >= 1 && typed <= SECONDS_MOST) change({ seconds: typed }, "seconds");
  });
  seconds.input.addEventListener("change", () => void seconds.read());
  const begins = choice({
    label: W.begins,
    choices: [
      ["after", W.after],
      ["at", W.at],
    ],
  });
  const at = field({ label: W.atTime, attrs: { inputmode: "text", placeholder: "4:30" } });
  begins.input.addEventListener("input", () => {
    const index = draft.now.cues.findIndex(({ id }) => id === given.id);
    const now = timesOf(draft.now.cues)[index]?.fromMs ?? 0;
    change({ at_s: begins.input.value === "at" ? Math.round(now / 1000) : null });
    if (begins.input.value === "at") at.input.focus();
  });
  at.input.addEventListener("change", () => {
    const found = placeSeconds(at.input.value);
    if (found === null) at.wrong(W.atWrong);
    else change({ at_s: found });
  });
  return {
    element: h("div", { class: "pair" }, seconds.element, begins.element, at.element),
    take: ({ seconds: long, at_s }) => {
      if (Number(seconds.input.value) !== long) seconds.input.value = `${long}`;
      begins.input.value = at_s === null ? "after" : "at";
      at.element.hidden = at_s === null;
      if (at_s !== null && document.activeElement !== at.input) {
        at.input.value = placeText(at_s * 1000);
      }
    },
  };
}

function posePart(poses: ReadonlyMap<string, Pose>, change: Change): Part {
  const host = h("div", { class: "pose-field" });
  const element = h("div", { class: "field" }, h("span", { class: "legend" }, W.pose), host);
  let drawn = "";
  const take = ({ pose: id, side }: CueDraft) => {
    const now = `${id} ${side}`;
    if (now === drawn) return;
    drawn = now;
    const pose = id === null ? null : (poses.get(id) ?? null);
    const had = host.contains(document.activeElement);
    const choose = act(
      id === null ? W.poseChoose : W.poseOther,
      async () => {
        const chosen = await pickPose([...poses.values()]);
        if (chosen !== null) change({ pose: chosen.id });
        host.querySelector<HTMLElement>("button")?.focus();
      },
      { test: "choose-pose" },
    );
    fill(
      host,
      pose !== null && poseFigure(pose, side === "left").element,
      id !== null && h("span", {}, pose?.name ?? W.poseGone(id)),
      choose,
      id !== null && act(W.poseNone, () => change({ pose: null }), { cls: "button plain" }),
    );
    if (had) choose.focus();
  };
  return { element, take };
}

/** What to do instead in another posture; at most four. */
function alternativesPart(poses: ReadonlyMap<string, Pose>, change: Change): Part {
  const list = h("ul", { class: "alternatives" });
  let now: Alternative[] = [];
  const put = (next: Alternative[], name = "") => change({ alternatives: next }, name);
  const add = act(W.alternativeAdd, () => {
    put([...now, { posture: "seated", text: "" }]);
    list.lastElementChild?.querySelector("select")?.focus();
  });
  const row = (given: Alternative, i: number): HTMLElement => {
    const edit = (part: Partial<Alternative>, name = "") =>
      put(
        now.map((each, k) => (k === i ? { ...each, ...part } : each)),
        name,
      );
    const posture = choice({
      label: W.posture,
      value: given.posture,
      choices: BODY_POSTURES.map((each): [string, string] => [each, W.postures[each]]),
    });
    posture.input.addEventListener("input", () =>
      edit({ posture: posture.input.value as Alternative["posture"] }),
    );
    const text = field({
      label: W.alternativeText,
      value: given.text,
      attrs: { maxlength: TEXT_MOST },
    });
    text.input.addEventListener("input", () => edit({ text: text.input.value }, `instead ${i}`));
    const pose = choice({
      label: W.pose,
      value: given.pose ?? "",
      choices: [
        ["", W.poseNone],
        ...[...poses.values()].map((each): [string, string] => [each.id, each.name]),
      ],
    });
    pose.input.addEventListener("input", () => {
      const { pose: _, ...bare } = now[i]!;
      const next = pose.input.value === "" ? bare : { ...bare, pose: pose.input.value };
      put(now.map((each, k) => (k === i ? next : each)));
    });
    const remove = act(
      "×",
      () => {
        put(now.filter((_, k) => k !== i));
        add.focus();
      },
      { cls: "button icon-only danger", label: W.alternativeRemove(i + 1) },
    );
    return h("li", { class: "alternative" }, posture.element, pose.element, text.element, remove);
  };
  return {
    element: h(
      "div",
      { class: "field" },
      h("span", { class: "legend" }, W.alternatives),
      list,
      h("div", {}, add),
    ),
    take: ({ alternatives }) => {
      const typing = list.contains(document.activeElement) && alternatives.length === now.length;
      now = alternatives;
      add.hidden = alternatives.length >= ALTERNATIVES_MOST;
      if (typing) return;
      fill(list, ...alternatives.map((each, i) => row(each, i)));
    },
  };
}
