/**
 * The page around a room: who and where one is, the bar of things to do, panels, captions. Shows
 * RoomState and calls Actions; knows neither sockets nor three.js. Works with and without a scene.
 */
import { REACTION_KINDS } from "../../protocol/control";
import type { RoomState } from "../../state/room-state";
import type { SettingsStore } from "../../state/settings";
import type { VoiceHint } from "../../state/voice-state";
import type { Actions, VoiceActions } from "../actions";
import { fill, h, takesText } from "../dom";
import { icon } from "../icons";
import { S } from "../strings";
import { G } from "../strings-group-room";
import { Captions } from "./captions";
import { ChatPanel } from "./chat-panel";
import { ContextBar } from "./context-bar";
import { EarshotPanel } from "./earshot-panel";
import { GatheringUi } from "./gathering-ui";
import { helpPanel, menuPanel } from "./help-panel";
import { LineBanner } from "./line-banner";
import type { Panel, PanelName } from "./panel";
import { PeoplePanel } from "./people-panel";
import { reactionTray } from "./reaction-tray";
import { SafetyPanel } from "./safety-panel";
import { SettingsPanel } from "./settings-panel";
import { setBadge, toolButton } from "./tool-button";
import { VoiceDock } from "./voice-dock";
import { hintToast } from "./voice-hints";
import { VoicePanel } from "./voice-panel";

export interface RoomPageOptions {
  root: HTMLElement;
  state: RoomState;
  settings: SettingsStore;
  actions: Actions & { voice: VoiceActions };
  /** Send a failed line again. */
  again(key: number): void;
  /** false = the plain page: chat and people always in view, no canvas. */
  scene: boolean;
  touch: boolean;
  /** The https address of this server, for whoever came without; null without one. */
  secureUrl(): string | null;
  /** Whether this browser can choose where sound goes. */
  outputs: boolean;
}

export class RoomPage {
  readonly canvas = h("canvas", { attrs: { id: "stage", tabindex: -1 } });
  readonly touchLayer = h("div", { attrs: { id: "touch-layer" } });
  readonly context = new ContextBar();
  private readonly panels: Partial<Record<PanelName, Panel>>;
  private readonly captions: Captions;
  private readonly voice: VoiceDock;
  private readonly where = h("div", { class: "where" });
  private readonly banner = new LineBanner();
  /** Something that holds for the whole visit, with a way to change it. */
  private readonly standing = h("p", {
    class: "banner standing",
    attrs: { role: "status", hidden: true, "data-test": "standing" },
  });
  private readonly tray: HTMLElement;
  private readonly chatButton: HTMLButtonElement;
  private readonly peopleButton: HTMLButtonElement;
  private readonly vrButton: HTMLButtonElement;
  private readonly room: HTMLElement;
  private readonly stops: (() => void)[] = [];
  private readonly gathering: GatheringUi | null;
  private open: PanelName | null = null;

  constructor(private readonly options: RoomPageOptions) {
    const { state, settings, actions } = options;
    const close = () => this.show(null);
    const show = (name: PanelName) => () => this.show(this.open === name ? null : name);
    const fixed = !options.scene;
    this.gathering =
      actions.gathering === undefined
        ? null
        : new GatheringUi({
            ...{ gathering: actions.gathering, settings, scene: options.scene },
            open: () => this.open,
            show: (name) => this.show(name),
          });
    this.panels = {
      ...this.gathering?.panels,
      chat: new ChatPanel({
        state,
        say: (text) => actions.chat(text),
        again: options.again,
        close,
        commons: actions.group?.commons ?? null,
        fixed,
      }),
      people: new PeoplePanel({
        state,
        hide: (id, on) => actions.hide(id, on),
        voice: actions.voice,
        group: actions.group ?? null,
        close,
      }),
      ...(actions.group === undefined ? {} : { safety: new SafetyPanel(actions.group, close) }),
      voice: new VoicePanel({
        voice: actions.voice,
        settings,
        outputs: options.outputs,
        secureUrl: options.secureUrl,
        close,
      }),
      earshot: new EarshotPanel({
        voice: actions.voice,
        person: (id) => state.people.get(id) ?? null,
        gathering: actions.gathering,
        close,
      }),
      settings: new SettingsPanel({
        settings,
        recenter: () => actions.recenter(),
        setPosture: (posture) => actions.setPosture(posture),
        close,
        scene: options.scene,
        vr: options.scene && "xr" in navigator,
      }),
      help: helpPanel(close, options.touch, this.gathering !== null),
      menu: menuPanel(close, [
        { label: S.room.back, icon: "back", run: close },
        { label: S.room.people, icon: "people", run: show("people") },
        { label: S.room.settings, icon: "settings", run: show("settings") },
        { label: S.room.help, icon: "help", run: show("help") },
        { label: S.room.leave, icon: "leave", danger: true, run: () => actions.leave() },
      ]),
    };
    this.voice = new VoiceDock({
      voice: actions.voice,
      mode: () => settings.values.talkMode,
      captions: () => settings.values.captions,
      nameOf: (id) => (id === state.me.id ? state.me.name : (state.people.get(id)?.name ?? "…")),
      showEarshot: show("earshot"),
      showSettings: show("voice"),
    });
    this.captions = new Captions(state, show("chat"));
    this.chatButton = toolButton("chat", S.room.chat, "T", show("chat"));
    this.peopleButton = toolButton("people", S.room.people, "P", show("people"));
    this.vrButton = h(
      "button",
      {
        class: "button next",
        attrs: { type: "button", "data-test": "enter-vr", hidden: true },
        on: { click: () => void actions.enterVr() },
      },
      icon("vr"),
      h("span", {}, S.room.enterVr),
    );
    this.tray = reactionTray((kind) => actions.react(kind));
    this.room = this.build(show);
    fill(options.root, this.room);
    this.stops.push(
      state.subscribe("line", () => this.drawWhere()),
      state.subscribe("room", () => this.drawWhere()),
      state.subscribe("people", () => this.drawCounts()),
      state.subscribe("chat", () => this.drawCounts()),
      settings.subscribe(() => {
        this.voice.draw();
        this.voice.drawSaid();
      }),
      actions.voice.state.subscribe("voice", () => this.drawOffered()),
    );
    const onKey = (event: KeyboardEvent) => this.key(event);
    addEventListener("keydown", onKey);
    this.stops.push(() => removeEventListener("keydown", onKey));
    document.body.classList.add(options.scene ? "in-room" : "in-plain-room");
    if (fixed) for (const name of ["chat", "people"] as const) this.fix(name);
    this.drawWhere();
    this.drawCounts();
    this.drawOffered();
  }

  /** Something about voice worth saying once, with what helps. */
  voiceHint(hint: VoiceHint): void {
    hintToast(hint, this.options.actions.voice, this.options.secureUrl());
  }

  /** Say something that holds for the whole visit; "" takes it away. */
  tellAll(words: string, link?: { label: string; href: string }): void {
    this.standing.hidden = words === "";
    fill(
      this.standing,
      words,
      link && " ",
      link && h("a", { attrs: { href: link.href } }, link.label),
    );
  }

  /** Offer the VR button. */
  offerVr(on: boolean): void {
    this.vrButton.hidden = !on;
  }

  /** Put another element over the picture (debug numbers). */
  overlay(element: HTMLElement): void {
    this.room.append(element);
  }

  /** A first hint, for the device at hand. */
  hint(): void {
    const words = this.options.touch ? S.hint.touch : S.hint.desktop;
    const hint = h("p", { class: "hint" }, words);
    this.room.append(hint);
    setTimeout(() => hint.remove(), 12_000);
  }

  /** Say a small thing about the room: someone came or went. */
  say(words: string): void {
    const line = h("p", { class: "caption quiet" }, words);
    this.captions.element.append(line);
    setTimeout(() => line.remove(), 5_000);
  }

  /** Open a panel, or close the open one with null. */
  show(name: PanelName | null): void {
    const before = this.open;
    if (before !== null) {
      const panel = this.panels[before];
      if (panel !== undefined) panel.element.hidden = true;
      panel?.closed();
    }
    this.open = name;
    this.room.dataset.panel = name ?? "";
    this.tray.hidden = true;
    const panel = name === null ? undefined : this.panels[name];
    if (panel !== undefined) {
      panel.element.hidden = false;
      panel.opened();
    } else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.chatButton.setAttribute("aria-expanded", String(name === "chat"));
    this.peopleButton.setAttribute("aria-expanded", String(name === "people"));
    this.drawCounts();
  }

  dispose(): void {
    document.body.classList.remove("in-room", "in-plain-room");
    for (const stop of this.stops) stop();
    for (const panel of Object.values(this.panels)) panel.dispose();
    this.banner.dispose();
    this.captions.dispose();
    this.gathering?.dispose();
    this.voice.dispose();
    fill(this.options.root);
  }

  private build(show: (name: PanelName) => () => void): HTMLElement {
    const { scene, touch, actions } = this.options;
    const leave = h(
      "button",
      {
        class: "button danger",
        attrs: { type: "button", "data-test": "leave" },
        on: { click: () => actions.leave() },
      },
      icon("leave"),
      S.room.leave,
    );
    const react = toolButton("react", S.room.react, "1–8", () => {
      this.tray.hidden = !this.tray.hidden;
    });
    const bar = h(
      "nav",
      { class: "toolbar", attrs: { "aria-label": S.room.menu } },
      this.voice.micButton,
      scene && this.chatButton,
      scene && this.peopleButton,
      react,
      ...(this.gathering?.tools ?? []),
      actions.group !== undefined && toolButton("safe", G.safe.button, "B", show("safety")),
      toolButton("settings", S.room.settings, "O", show("settings")),
      toolButton("help", S.room.help, "H", show("help")),
    );
    const panels = Object.values(this.panels).map((panel) => panel.element);
    return h(
      "main",
      { class: scene ? `room evening ${touch ? "touch" : ""}` : "room plain" },
      scene && this.canvas,
      scene && this.touchLayer,
      h(
        "header",
        { class: "topbar" },
        this.where,
        h("div", { class: "ways" }, this.vrButton, leave),
      ),
      this.banner.element,
      this.standing,
      this.gathering?.bar.element,
      this.gathering?.asks.element,
      scene && this.captions.element,
      h("div", { class: "panels" }, ...panels),
      this.tray,
      this.gathering?.applause.element,
      h("div", { class: "dock" }, this.context.element, this.voice.said, this.voice.chips, bar),
    );
  }

  /** Keep a panel in view for good (the plain page). */
  private fix(name: "chat" | "people"): void {
    const panel = this.panels[name];
    if (panel === undefined) return;
    panel.element.hidden = false;
    panel.element.classList.add("fixed");
    panel.opened();
  }

  private drawWhere(): void {
    const { line, room } = this.options.state;
    const word = line.phase === "joining" ? S.line.joining : S.line[line.quality];
    fill(
      this.where,
      h(
        "span",
        { class: `signal ${line.quality}`, attrs: { "aria-hidden": true } },
        h("i"),
        h("i"),
        h("i"),
      ),
      h("h1", {}, room?.name ?? ""),
      h("span", { class: "quality small" }, word),
    );
    this.where.dataset.quality = line.quality;
    this.where.title = S.line.detail(line.rttMs, line.delayMs);
    this.banner.show(line.phase === "reconnecting" ? line.note : null);
  }

  /** Voice may come and go with the server; without it the room looks as if there were none. */
  private drawOffered(): void {
    this.room.classList.toggle("has-voice", this.options.actions.voice.state.offered);
  }

  private drawCounts(): void {
    const { unread, people } = this.options.state;
    // What is read out begins with what stands there, for whoever speaks to their device.
    const fresh = String(Math.min(unread, 99));
    const news = `${S.room.chat} ${fresh}, ${S.chat.unread(unread)}`;
    setBadge(this.chatButton, unread > 0 ? fresh : "", unread > 0 ? news : S.room.chat);
    const here = String(people.size + 1);
    setBadge(this.peopleButton, here, `${S.room.people} ${here}: ${S.room.here(people.size)}`);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      if (!this.tray.hidden) this.tray.hidden = true;
      else this.show(this.open === null && this.options.scene ? "menu" : null);
      return;
    }
    if (takesText(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
      return;
    }
    const digit = /^Digit([1-8])$/.exec(event.code)?.[1];
    if (digit !== undefined) {
      this.options.actions.react(REACTION_KINDS[Number(digit) - 1]!);
      return;
    }
    if (this.context.press(event.key.toUpperCase())) {
      event.preventDefault();
      return;
    }
    const panel = PANEL_KEYS[event.code] ?? (event.key === "?" ? "help" : undefined);
    if (panel === undefined) return;
    event.preventDefault();
    if (this.panels[panel] === undefined) return;
    if (!this.options.scene && (panel === "chat" || panel === "people")) return;
    this.show(this.open === panel ? null : panel);
  }
}

const PANEL_KEYS: Record<string, PanelName | undefined> = {
  KeyT: "chat",
  KeyP: "people",
  KeyO: "settings",
  KeyH: "help",
  KeyB: "safety",
};
