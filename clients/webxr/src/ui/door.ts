/**
 * The page in front of a room: what it is, who is there, how one will look, what this device can
 * do, and the way in. Calls `enter` and shows what comes of it; owns no connection.
 */
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
import { askHow, PairingBox } from "./door-group";
import { figure, guestFaces } from "./face";
import { icon } from "./icons";
import { brand } from "./lobby";
import { lookPicker } from "./look-picker";
import { loadProfile, saveProfile } from "./profile";
import { S } from "./strings";
import { D } from "./strings-door";

const REFRESH_MS = 10_000;
/** Rooms opened on demand for load tests have no door in the lobby. */
const UNLISTED = /^load-\d+$/;

export interface DoorOptions {
  roomId: string;
  /** A word about the visit that just ended; "" at the first visit. */
  note: string;
  info: Promise<ServerInfo | null>;
  /** Who is signed in, as they look; null for nobody. Asked again when that may have changed. */
  me(): Promise<Appearance | null>;
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
  private readonly heading = h("h1", {}, S.door.loading);
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
  private readonly pairing = new PairingBox(() => void this.refresh());
  private account: Appearance | null = null;
  private group = false;
  /** The room is not open to who is signed in: who is in it is not theirs to see. */
  private closed = false;
  private readonly timer: ReturnType<typeof setInterval>;
  private ended = false;

  readonly end = () => {
    this.ended = true;
    this.pairing.stop();
    clearInterval(this.timer);
  };

  constructor(
    private readonly root: HTMLElement,
    private readonly options: DoorOptions,
  ) {
    this.build();
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
      { class: "door-form", attrs: { novalidate: true } },
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
    if (window.matchMedia("(pointer: fine)").matches) this.name.focus({ preventScroll: true });
  }

  private async refresh(): Promise<void> {
    try {
      const facts = await roomDoor(this.options.roomId);
      if (this.ended) return;
      this.describe(facts.room);
      if (facts.room.group !== undefined) await this.belong(facts);
    } catch (error) {
      if (this.ended) return;
      if (error instanceof Problem && error.status === 404) {
        // Rooms for load tests open with the first who comes.
        if (UNLISTED.test(this.options.roomId)) this.heading.textContent = this.options.roomId;
        else this.missing(S.door.missingHelp);
        return;
      }
      if (this.heading.textContent !== S.door.loading) return;
      this.heading.textContent = this.options.roomId;
      this.show(error);
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
  private async belong({ room, mayEnter, listener }: DoorFacts): Promise<void> {
    const { group } = room;
    if (group === undefined) return;
    this.group = true;
    this.account = await this.options.me();
    if (this.ended) return;
    const { account } = this;
    this.closed = account !== null && !mayEnter;
    if (this.closed) this.describe(room);
    const here = encodeURIComponent(`/r/${room.id}`);
    const link = (href: string, label: string, look = "") =>
      h("a", { class: look, attrs: { href } }, label);
    this.nameField.hidden = true;
    this.looks.hidden = true;
    this.form.hidden = account === null || !mayEnter;
    if (account !== null) {
      this.pairing.stop();
      this.name.value = account.name;
      fill(this.picture, figure(account));
      this.picture.setAttribute("aria-label", S.door.preview(account.name));
    }
    fill(
      this.membership,
      h(
        "p",
        { class: "quiet" },
        D.of(group.name),
        " · ",
        link(`/g/${group.slug}`, D.toGroup(group.name)),
      ),
      account === null && h("p", {}, D.signInFirst(group.name)),
      account === null &&
        h(
          "div",
          { class: "row" },
          link(`/sign-in?next=${here}`, D.signIn, "button next"),
          h(
            "button",
            {
              class: "button",
              attrs: { type: "button", "data-test": "pair" },
              on: { click: () => void this.pairing.start() },
            },
            icon("phone"),
            D.pair,
          ),
        ),
      account !== null &&
        h(
          "p",
          { attrs: { "data-test": "as-me" } },
          D.asMe(account.name),
          " ",
          link("/me", D.changeLook),
        ),
      this.closed && h("p", { class: "note" }, icon("info"), D.notFor),
      account !== null &&
        mayEnter &&
        listener &&
        h(
          "p",
          { class: "note" },
          icon("info"),
          D.listener,
          " ",
          h("a", { attrs: { href: `/g/${group.slug}/norms` } }, D.norms),
        ),
    );
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
    const { check } = this;
    const line = (name: Parameters<typeof icon>[0], ...words: (Node | string | false)[]) =>
      h("li", {}, icon(name), h("span", {}, ...words));
    const link = info?.vrUrl ?? null;
    const vr = !check.secure
      ? line(
          "info",
          S.device.vrInsecure,
          " ",
          link !== null
            ? h("a", { attrs: { href: link } }, S.device.vrInsecureLink)
            : S.device.vrInsecureHelp,
        )
      : check.vr === true && line("vr", S.device.vrReady);
    const screen = check.webgl
      ? line(check.touch ? "phone" : "screen", check.touch ? S.device.phone : S.device.desktop)
      : line("text", S.device.noWebgl);
    fill(this.device, vr, screen);
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
      const how = await askHow();
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
