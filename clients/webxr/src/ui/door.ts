/**
 * The page in front of a room: what it is, who is there, how one will look, what this device can
 * do, and the way in. Calls `enter` and shows what comes of it; owns no connection.
 */
import type { Session } from "../app/session";
import {
  type Appearance,
  type DoorFacts,
  type How,
  Problem,
  type RoomDoor,
  roomDoor,
  type ServerInfo,
} from "../net/api";
import { WIRE_LIMITS } from "../protocol/control";
import { clearing } from "./clearing";
import { copyLink } from "./copy-link";
import { checkDevice, checkVr, type DeviceCheck } from "./device";
import { fill, h } from "./dom";
import { appearance, askHow, deviceLines, membership, PairingBox } from "./door-group";
import { figure, guestFaces } from "./face";
import { icon } from "./icons";
import { brand } from "./lobby";
import { lookPicker } from "./look-picker";
import { loadProfile, saveProfile } from "./profile";
import { S } from "./strings";

const REFRESH_MS = 10_000;
/** Rooms opened on demand for load tests have no door in the lobby. */
const UNLISTED = /^load-\d+$/;

export interface DoorOptions {
  roomId: string;
  /** A word about the visit that just ended; "" at the first visit. */
  note: string;
  /** Go in without a press as soon as one may: somebody waited for this door. */
  atOnce?: boolean;
  info: Promise<ServerInfo | null>;
  /** Who is signed in. */
  session: Session;
  /** Go in; rejects with a Problem that the page shows. */
  enter(profile: Appearance, check: DeviceCheck, way: WayIn): Promise<void>;
  /** Something to load while the person types. */
  warm(): void;
}

/** How one goes in. */
export interface WayIn {
  intoVr: boolean;
  /** The room belongs to a group: one enters as who one is here. */
  group: boolean;
  how?: How;
}

/** Show the door in `root`; returns the way to end it. */
export function showDoor(root: HTMLElement, options: DoorOptions): () => void {
  return new Door(root, options).end;
}

class Door {
  private readonly profile = loadProfile();
  private readonly check = checkDevice();
  private readonly heading = h("h1", { attrs: { tabindex: -1 } }, S.door.loading);
  private readonly about = h("div", { class: "about" });
  private readonly problem = h("div", { attrs: { role: "alert" } });
  private form!: HTMLFormElement;
  private readonly name = h("input", {
    class: "input",
    attrs: {
      id: "name",
      name: "name",
      "data-test": "name",
      maxlength: WIRE_LIMITS.nameLength,
      autocomplete: "nickname",
      autocapitalize: "words",
      enterkeyhint: "go",
      placeholder: S.door.namePlaceholder,
      "aria-describedby": "name-wrong",
    },
  });
  private readonly nameWrong = h("p", {
    class: "small wrong-text",
    attrs: { id: "name-wrong", hidden: true },
  });
  private readonly enterButton = h(
    "button",
    { class: "button next big", attrs: { type: "submit", "data-test": "enter" } },
    icon("enter"),
    h("span", {}, S.door.enter),
  );
  private readonly vrButton = h(
    "button",
    { class: "button big", attrs: { type: "button", "data-test": "enter-in-vr", hidden: true } },
    icon("vr"),
    h("span", {}, S.door.enterVr),
  );
  private readonly device = h("ul", { class: "device-lines" });
  /** Whose room it is, and as whom one enters; empty where anybody may come with a name. */
  private readonly membership = h("div", { class: "stack" });
  private readonly nameField = h("div", { class: "field" });
  private readonly looks = h("div");
  private picture!: HTMLElement;
  private readonly pairing = new PairingBox(() => void this.paired());
  private facts: DoorFacts | null = null;
  private aboutDrawn = "";
  private belongsDrawn = "";
  private account: Appearance | null = null;
  private group = false;
  /** The room is not open to who is signed in: who is in it is not theirs to see. */
  private closed = false;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly stop: () => void;
  private ended = false;
  private tried = false;

  readonly end = () => {
    this.ended = true;
    this.stop();
    this.pairing.stop();
    clearInterval(this.timer);
  };

  constructor(
    private readonly root: HTMLElement,
    private readonly options: DoorOptions,
  ) {
    this.build();
    this.stop = options.session.subscribe(() => this.draw());
    void this.refresh();
    this.timer = setInterval(() => {
      if (!document.hidden) void this.refresh();
    }, REFRESH_MS);
    void this.lookAtDevice();
    options.warm();
  }

  private build(): void {
    const picker = lookPicker(this.profile, () => {});
    this.picture = picker.picture;
    this.name.value = this.profile.name;
    this.name.addEventListener("input", () => {
      this.profile.name = this.name.value;
      this.nameWrong.hidden = true;
      this.name.removeAttribute("aria-invalid");
      picker.picture.setAttribute("aria-label", S.door.preview(this.name.value));
    });
    this.form = h(
      "form",
      { class: "door-form", attrs: { novalidate: true, hidden: true } },
      this.nameField,
      this.looks,
      this.problem,
      h("div", { class: "ways-in" }, this.enterButton, this.vrButton),
      this.device,
    );
    fill(
      this.nameField,
      h("label", { attrs: { for: "name" } }, S.door.name),
      this.name,
      this.nameWrong,
    );
    fill(this.looks, picker.fields);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.enter(false);
    });
    this.vrButton.addEventListener("click", () => void this.enter(true));
    fill(
      this.root,
      h(
        "main",
        { class: "page door" },
        h(
          "header",
          { class: "door-top" },
          brand(),
          h("a", { class: "button plain", attrs: { href: "/" } }, icon("back"), S.door.back),
        ),
        this.options.note !== "" &&
          h("p", { class: "note", attrs: { role: "status" } }, icon("info"), this.options.note),
        h(
          "div",
          { class: "door-columns" },
          h("section", { class: "door-picture" }, clearing(), this.picture),
          h(
            "section",
            { class: "door-words" },
            this.heading,
            this.about,
            this.membership,
            this.pairing.element,
            this.form,
          ),
        ),
      ),
    );
    // As on every page: the focus begins at its heading.
    this.heading.focus({ preventScroll: true });
  }

  private async refresh(): Promise<void> {
    const { session, roomId } = this.options;
    try {
      const facts = await roomDoor(roomId);
      if (this.ended) return;
      const before = this.facts;
      this.facts = facts;
      // Who may enter changed under us: so may have who one is, in another tab for example.
      const moved = before !== null && before.mayEnter !== facts.mayEnter;
      if (facts.room.group !== undefined && (!session.known || moved)) {
        await session.refresh().catch(() => {});
      }
      if (!this.ended) this.draw();
    } catch (error) {
      if (this.ended) return;
      if (error instanceof Problem && error.status === 404) {
        // Rooms for load tests open with the first who comes.
        if (UNLISTED.test(roomId)) this.nameless();
        else this.missing(S.door.missingHelp);
        return;
      }
      if (this.facts !== null) return;
      this.nameless();
      this.show(error);
    }
  }

  /** There is a door, but nothing is known of what is behind it. */
  private nameless(): void {
    this.heading.textContent = this.options.roomId;
    this.showForm(true);
  }

  /** Show what is known; what stays the same is left alone, and with it the focus. */
  private draw(): void {
    const { facts } = this;
    if (facts === null) return;
    const { room, mayEnter } = facts;
    this.group = room.group !== undefined;
    const account = this.group ? this.options.session.me.account : null;
    const look = account === null ? null : appearance(account);
    this.account = look;
    this.closed = this.group && look !== null && !mayEnter;
    const { name, description, present, mechanisms } = room;
    const about = JSON.stringify([name, description, present, this.closed]);
    if (about !== this.aboutDrawn) this.describe(room);
    this.aboutDrawn = about;
    const unsigned = this.unsigned(facts);
    const { listener, archived } = facts;
    const is = [look, mayEnter, listener, room.group, mechanisms, archived, unsigned];
    const belongs = JSON.stringify(is);
    if (belongs === this.belongsDrawn) return;
    this.belongsDrawn = belongs;
    this.nameField.hidden = this.group;
    this.looks.hidden = this.group;
    if (this.group) this.belong(facts, look);
    this.showForm(!this.group || (look !== null && mayEnter));
    if (this.options.atOnce && !this.tried && look !== null && mayEnter) {
      this.tried = true;
      void this.enter(false);
    }
  }

  private describe(room: RoomDoor): void {
    document.title = `${room.name} · ${S.app}`;
    this.heading.textContent = room.name;
    const invite = h(
      "button",
      { class: "button", attrs: { type: "button" }, on: { click: () => void copyLink() } },
      icon("link"),
      S.door.copyLink,
    );
    fill(
      this.about,
      room.description !== "" && h("p", { class: "quiet" }, room.description),
      !this.closed &&
        h(
          "div",
          { class: "presence-row" },
          h(
            "p",
            { class: "presence" },
            room.present > 0 && guestFaces(room.present),
            h("span", {}, room.present > 0 ? S.door.present(room.present) : S.door.empty),
          ),
          invite,
        ),
    );
  }

  /** The room belongs to a group: nobody chooses a name here, but everybody is somebody. */
  private belong(facts: DoorFacts, account: Appearance | null): void {
    if (account !== null) {
      this.pairing.stop();
      this.name.value = account.name;
      fill(this.picture, figure(account));
      this.picture.setAttribute("aria-label", S.door.preview(account.name));
    }
    const pair = () => void this.pairing.start();
    fill(this.membership, ...membership(facts, account, pair, this.unsigned(facts)));
  }

  /** Whether they belong to the group, and have its norms to sign. */
  private unsigned({ room }: DoorFacts): boolean {
    const { groups } = this.options.session.me;
    return groups.some(({ id, signed }) => id === room.group?.id && !signed);
  }

  /** Show the way in once it is known which it is, with the focus where one types. */
  private showForm(on: boolean): void {
    const appears = on && this.form.hidden;
    this.form.hidden = !on;
    const types = !this.nameField.hidden && window.matchMedia("(pointer: fine)").matches;
    if (appears && types) this.name.focus({ preventScroll: true });
  }

  /** Another device signed this browser in. */
  private async paired(): Promise<void> {
    await this.options.session.refresh().catch(() => {});
    await this.refresh();
  }

  private async lookAtDevice(): Promise<void> {
    const { check } = this;
    this.showDevice(null);
    if (check.vr === null) check.vr = await checkVr();
    const info = check.secure ? null : await this.options.info;
    if (this.ended) return;
    this.vrButton.hidden = !(check.vr && check.webgl);
    this.showDevice(info);
  }

  private showDevice(info: ServerInfo | null): void {
    fill(this.device, ...deviceLines(this.check, info?.vrUrl ?? null));
  }

  private async enter(intoVr: boolean): Promise<void> {
    if (this.enterButton.getAttribute("aria-busy") === "true") return;
    const name = this.name.value.trim();
    if (name === "" && !this.group) {
      this.nameWrong.textContent = S.door.nameMissing;
      this.nameWrong.hidden = false;
      this.name.setAttribute("aria-invalid", "true");
      this.name.focus();
      return;
    }
    if (!this.group) {
      this.profile.name = name;
      saveProfile(this.profile);
    }
    const button = intoVr ? this.vrButton : this.enterButton;
    const words = button.querySelector("span");
    const before = words?.textContent ?? "";
    for (const each of [this.enterButton, this.vrButton]) each.setAttribute("aria-busy", "true");
    if (words) words.textContent = S.door.entering;
    fill(this.problem);
    try {
      await this.goIn({ ...(this.account ?? this.profile) }, intoVr);
    } catch (error) {
      if (!this.ended) this.show(error);
    } finally {
      for (const each of [this.enterButton, this.vrButton]) each.removeAttribute("aria-busy");
      if (words) words.textContent = before;
    }
  }

  private async goIn(profile: Appearance, intoVr: boolean): Promise<void> {
    const way = { intoVr, group: this.group };
    try {
      await this.options.enter(profile, this.check, way);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "already_here") throw error;
      const how = await askHow(error.more.room === this.options.roomId);
      if (how === null || this.ended) return;
      const vr = intoVr && how === "move";
      await this.options.enter(profile, this.check, { ...way, intoVr: vr, how });
    }
  }

  private show(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof Problem && error.status === 404) this.missing(text);
    else fill(this.problem, h("div", { class: "note wrong" }, icon("wrong"), h("p", {}, text)));
  }

  /** There is no such room: say so, and show the way to those there are. */
  private missing(text: string): void {
    document.title = `${S.door.missing} · ${S.app}`;
    this.heading.textContent = S.door.missing;
    const lobby = h("a", { class: "button next", attrs: { href: "/" } }, S.door.toLobby);
    fill(this.about, h("p", {}, text), lobby);
    this.form.hidden = true;
    this.end();
  }
}
