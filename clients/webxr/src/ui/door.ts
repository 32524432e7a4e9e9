/**
 * The page in front of a room: what it is, who is there, how one will look, what this device can
 * do, and the way in. Calls `enter` and shows what comes of it; owns no connection.
 */
import { type Appearance, listRooms, Problem, type RoomDoor, type ServerInfo } from "../net/api";
import { WIRE_LIMITS } from "../protocol/control";
import { clearing } from "./clearing";
import { checkDevice, checkVr, type DeviceCheck } from "./device";
import { fill, h } from "./dom";
import { guestFaces } from "./face";
import { icon } from "./icons";
import { brand } from "./lobby";
import { lookPicker } from "./look-picker";
import { loadProfile, saveProfile } from "./profile";
import { S } from "./strings";
import { toast } from "./toasts";

const REFRESH_MS = 10_000;
/** Rooms opened on demand for load tests have no door in the lobby. */
const UNLISTED = /^load-\d+$/;

export interface DoorOptions {
  roomId: string;
  /** A word about the visit that just ended; "" at the first visit. */
  note: string;
  info: Promise<ServerInfo | null>;
  /** Go in; rejects with a Problem that the page shows. */
  enter(profile: Appearance, check: DeviceCheck, intoVr: boolean): Promise<void>;
  /** Something to load while the person types. */
  warm(): void;
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
  private readonly timer: ReturnType<typeof setInterval>;
  private ended = false;

  readonly end = () => {
    this.ended = true;
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
      h(
        "div",
        { class: "field" },
        h("label", { attrs: { for: "name" } }, S.door.name),
        this.name,
        this.nameWrong,
      ),
      picker.fields,
      this.problem,
      h("div", { class: "ways-in" }, this.enterButton, this.vrButton),
      this.device,
    );
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
          h("section", { class: "door-picture" }, clearing(), picker.picture),
          h("section", { class: "door-words" }, this.heading, this.about, this.form),
        ),
      ),
    );
    if (window.matchMedia("(pointer: fine)").matches) this.name.focus({ preventScroll: true });
  }

  private async refresh(): Promise<void> {
    try {
      const rooms = await listRooms();
      if (this.ended) return;
      const room = rooms.find(({ id }) => id === this.options.roomId);
      if (room !== undefined) this.describe(room);
      else if (UNLISTED.test(this.options.roomId)) this.heading.textContent = this.options.roomId;
      else this.missing(S.door.missingHelp);
    } catch (error) {
      if (this.ended || this.heading.textContent !== S.door.loading) return;
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
    if (name === "") {
      this.nameWrong.textContent = S.door.nameMissing;
      this.nameWrong.hidden = false;
      this.name.setAttribute("aria-invalid", "true");
      this.name.focus();
      return;
    }
    this.profile.name = name;
    saveProfile(this.profile);
    const button = intoVr ? this.vrButton : this.enterButton;
    const words = button.querySelector("span");
    const before = words?.textContent ?? "";
    for (const each of [this.enterButton, this.vrButton]) each.setAttribute("aria-busy", "true");
    if (words) words.textContent = S.door.entering;
    fill(this.problem);
    try {
      await this.options.enter({ ...this.profile }, this.check, intoVr);
    } catch (error) {
      if (!this.ended) this.show(error);
    } finally {
      for (const each of [this.enterButton, this.vrButton]) each.removeAttribute("aria-busy");
      if (words) words.textContent = before;
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

/** Put the room's lasting link on the clipboard. */
export async function copyLink(): Promise<void> {
  const link = `${location.origin}${location.pathname}`;
  try {
    await navigator.clipboard.writeText(link);
    toast(S.door.copied);
  } catch {
    // No clipboard on plain http: the person copies it from the note.
    toast(`${S.door.copyFailed} ${link}`);
  }
}
