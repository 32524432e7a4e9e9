/** One person in the list of people: who and where, their voice, and hiding them. */
import type { PersonView } from "../../state/room-state";
import type { GroupActions, VoiceActions } from "../actions";
import { fill, h } from "../dom";
import { face } from "../face";
import { icon } from "../icons";
import { S } from "../strings";
import { G } from "../strings-group-room";
import { V } from "../strings-voice";
import { PersonGroupActions } from "./person-group";

export interface PersonRowOptions {
  hide(id: number, on: boolean): void;
  voice: VoiceActions | null;
  /** What a group's room offers besides; null in other rooms. */
  group: GroupActions | null;
}

const SPEAKING = 0.1;

/** What is said about a person under their name. Pure. */
export function personWords(
  person: PersonView,
  voice: { offered: boolean; muted: boolean; speaking: boolean },
): string {
  const where = person.distanceM < 0 ? S.people.far : S.people.distance(person.distanceM);
  const mic = voice.muted
    ? V.person.muted
    : voice.speaking
      ? V.person.speaking
      : V.marks[person.mic];
  return [
    G.roles[person.role ?? ""] ?? "",
    person.new === true ? G.newHere : "",
    person.away ? S.people.away : "",
    person.device === "text" ? "" : where,
    voice.offered ? mic : "",
    // Beside a microphone the device is of less use, except that it cannot speak at all.
    voice.offered && person.device !== "text" ? "" : S.people.device[person.device],
  ]
    .filter((word) => word !== "")
    .join(" · ");
}

export class PersonRow {
  readonly element: HTMLElement;
  private readonly name = h("strong");
  private readonly details = h("span", { class: "quiet small" });
  private readonly faceBox = h("span", { class: "face-box" });
  private readonly muteButton = h("button", {
    class: "button icon-only",
    attrs: { type: "button", "data-test": "mute" },
  });
  private readonly opener = h("button", {
    class: "person-open",
    attrs: { type: "button", "aria-expanded": false },
  });
  private readonly volume = h("input", {
    attrs: { type: "range", min: 0, max: 2, step: 0.05 },
  });
  private readonly volumeRow: HTMLElement;
  private readonly id: number;
  private readonly more: PersonGroupActions | null;
  private look = "";
  private muteLook = "";

  constructor(
    person: PersonView,
    private readonly options: PersonRowOptions,
  ) {
    this.id = person.id;
    this.more =
      options.group === null
        ? null
        : new PersonGroupActions(options.group, person.id, () => this.name.textContent ?? "");
    const hide = h(
      "button",
      {
        class: "button",
        attrs: {
          type: "button",
          "data-test": "hide",
          "aria-label": S.people.hideLabel(person.name),
          title: S.people.hideLabel(person.name),
        },
        on: { click: () => options.hide(this.id, true) },
      },
      icon("hide"),
      S.people.hide,
    );
    this.volumeRow = h(
      "div",
      { class: "range-row person-volume", attrs: { hidden: true } },
      icon("sound"),
      this.volume,
    );
    this.volume.setAttribute("aria-label", V.person.volume(person.name));
    this.volume.addEventListener("input", () => {
      options.voice?.setVolume(this.id, this.volume.valueAsNumber);
    });
    this.muteButton.addEventListener("click", () => {
      const { voice } = options;
      voice?.mute(this.id, !voice.state.muted.has(this.id));
    });
    this.opener.addEventListener("click", () => this.open());
    if (this.more !== null) this.more.element.hidden = true;
    const name = h("span", { class: "person-name" }, this.name, icon("more"));
    const words = h("span", { class: "person-words" }, name, this.details);
    this.opener.append(this.faceBox, words);
    this.element = h(
      "li",
      { class: "person with-voice", attrs: { "data-participant": person.id } },
      this.opener,
      this.muteButton,
      // In a group's room a block takes its place: it holds everywhere and stays.
      options.group === null && hide,
      this.volumeRow,
      this.more?.element,
    );
  }

  private open(): void {
    const opened = this.opener.getAttribute("aria-expanded") !== "true";
    this.opener.setAttribute("aria-expanded", String(opened));
    this.volumeRow.hidden = !opened || !(this.options.voice?.state.offered ?? false);
    if (this.more !== null) this.more.element.hidden = !opened;
  }

  update(person: PersonView): void {
    const look = `${person.primary}${person.secondary}${person.away}`;
    if (look !== this.look) {
      this.look = look;
      fill(this.faceBox, face(person, person.away));
      if (person.away) this.faceBox.append(icon("moon"));
    }
    if (this.name.textContent !== person.name) this.name.textContent = person.name;
    this.updateVoice(person);
    this.more?.update();
  }

  private updateVoice(person: PersonView): void {
    const { voice } = this.options;
    const offered = voice?.state.offered ?? false;
    const muted = voice?.state.muted.has(this.id) ?? false;
    const speaking = !muted && (voice?.levelOf(this.id) ?? 0) > SPEAKING;
    // A companion hears nobody, but may say for its avatar whom not to hear.
    const mutes = offered || this.options.group?.commons.you?.companion === true;
    const text = personWords(person, { offered: offered || muted, muted, speaking });
    if (this.details.textContent !== text) this.details.textContent = text;
    this.faceBox.classList.toggle("speaking", speaking);
    this.element.classList.toggle("no-voice", !mutes);
    this.muteButton.hidden = !mutes;
    this.opener.disabled = !offered && this.more === null;
    const volume = String(voice?.state.volumeOf(this.id) ?? 1);
    if (this.volume.value !== volume) this.volume.value = volume;
    const muteLook = `${muted}${person.name}`;
    if (muteLook === this.muteLook) return;
    this.muteLook = muteLook;
    const label = muted ? V.person.unmuteLabel(person.name) : V.person.muteLabel(person.name);
    this.muteButton.setAttribute("aria-label", label);
    this.muteButton.setAttribute("aria-pressed", String(muted));
    this.muteButton.title = label;
    fill(this.muteButton, icon(muted ? "soundOff" : "sound"));
  }
}
