/**
 * From a room's door into the room and back: the one part of the site that is not a page but a
 * visit. Everything with three.js in it is loaded on entering.
 */
import { type Appearance, join, type ServerInfo } from "../net/api";
import type { Admission } from "../net/connection";
import { waitingRoomOf } from "../net/waiting-room";
import type { SettingsStore } from "../state/settings";
import { checkDevice, type DeviceCheck, deviceKind } from "../ui/device";
import { showDoor, type WayIn } from "../ui/door";
import { loadProfile } from "../ui/profile";
import { S } from "../ui/strings";
import { clearToasts, toast } from "../ui/toasts";
import type { PagePhase } from "./diagnostics";
import { type KeptPlace, PlaceKeeper, tabStore } from "./place-keeper";
import type { Session } from "./session";
import { Stay } from "./stay";

export interface RoomFlowOptions {
  root: HTMLElement;
  settings: SettingsStore;
  info: Promise<ServerInfo | null>;
  session: Session;
  debug: boolean;
  /** Go to a page. */
  go(path: string): void;
}

export class RoomFlow {
  stay: Stay | null = null;
  phase: PagePhase = "lobby";
  private endDoor: () => void = () => {};

  constructor(private readonly options: RoomFlowOptions) {}

  /** Show the door of a room; `atOnce` goes in as soon as it may. */
  open(roomId: string, note = "", atOnce = false): void {
    this.endDoor = showDoor(this.options.root, {
      roomId,
      note,
      atOnce,
      info: this.options.info,
      session: this.options.session,
      warm: () => {
        if (checkDevice().webgl) void import("./world");
      },
      enter: async (profile, check, way) => {
        this.phase = "joining";
        try {
          const device = deviceKind(check, way.intoVr);
          const admission = await join(roomId, profile, device, way.how);
          this.enter(roomId, profile, check, way, admission, null);
        } catch (error) {
          this.phase = "lobby";
          const waiting = waitingRoomOf(error);
          if (waiting === null) throw error;
          this.options.go(waiting);
        }
      },
    });
  }

  /** After a reload: back to one's place if the server still keeps it. */
  comeBack(roomId: string): boolean {
    const kept = new PlaceKeeper(tabStore()).recall(roomId, Date.now());
    if (kept === null) return false;
    const admission = { url: kept.url, credential: { resume: kept.token } };
    const way = { intoVr: false, group: kept.group };
    this.enter(roomId, loadProfile(), checkDevice(), way, admission, kept);
    return true;
  }

  /** End whatever is shown: the door, or the visit (which then shows the door again). */
  end(): void {
    this.endDoor();
    this.endDoor = () => {};
  }

  /** Leave the room one is in; false when one is in none. */
  leave(): boolean {
    if (this.stay === null) return false;
    this.stay.leave();
    return true;
  }

  private enter(
    roomId: string,
    profile: Appearance,
    check: DeviceCheck,
    way: WayIn,
    admission: Admission,
    kept: KeptPlace | null,
  ): void {
    this.end();
    clearToasts();
    // So that the browser's own "back" leads to the door and not out of the site.
    if (history.state?.inside !== true) history.pushState({ inside: true }, "", location.href);
    this.phase = "joining";
    const { root, settings, info, debug } = this.options;
    const stay = new Stay({
      root,
      roomId,
      profile,
      check,
      settings,
      intoVr: way.intoVr,
      group: way.group,
      companion: way.how === "companion",
      debug,
      info,
      onEnd: (text, waitsAt) => {
        this.stay = null;
        this.phase = "left";
        history.replaceState(null, "", location.href);
        if (waitsAt !== null) {
          // In this order: another page clears what was said on the one before.
          this.options.go(waitsAt);
          toast(text);
          return;
        }
        this.open(roomId, text === "" ? S.door.left : text);
      },
    });
    this.stay = stay;
    stay.start(admission, kept);
  }
}
