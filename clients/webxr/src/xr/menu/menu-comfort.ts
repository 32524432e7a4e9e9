/** What pressing a button about one's own body and moving does. Owns nothing. */
import type { Posture } from "../../state/avatar-state";
import type { Actions } from "../../ui/actions";
import type { TurnStyle } from "../sticks";
import type { MenuData } from "./menu-pages";

/** What the menu itself cannot do: everything the headset's controls own. */
export interface ComfortActions {
  setTurn(style: TurnStyle): void;
  setGlide(on: boolean): void;
  setLeftHanded(on: boolean): void;
  calibrateStanding(): void;
  stepTurn(radians: number): void;
}

/** Do what a button says; nothing if it is about something else. */
export function pressComfort(
  actions: Actions,
  comfort: ComfortActions,
  data: MenuData,
  verb: string,
  what: string,
): void {
  if (verb === "height") {
    const next = data.heightOffsetM + (what === "+" ? 0.05 : -0.05);
    actions.setHeightOffset(Math.max(-0.8, Math.min(0.8, Math.round(next * 100) / 100)));
  } else if (verb === "turn") comfort.setTurn(what as TurnStyle);
  else if (verb === "posture") {
    const posture = Number(what);
    actions.setPosture(posture < 0 ? null : (posture as Posture));
  } else if (verb === "glide") comfort.setGlide(!data.glide);
  else if (verb === "swap") comfort.setLeftHanded(!data.leftHanded);
  else if (verb === "calibrate") comfort.calibrateStanding();
  else if (verb === "step") {
    const turns: Record<string, number> = { left: Math.PI / 6, right: -Math.PI / 6 };
    comfort.stepTurn(turns[what] ?? Math.PI);
  }
}
