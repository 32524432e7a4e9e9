/**
 * Guesses standing, seated, kneeling or lying from the head alone. Pure; time is an argument.
 *
 * Height is read as a share of one's standing eye height, so children and tall people are treated
 * alike. A person's own choice always wins: see `override`.
 */
import type { Posture } from "../state/avatar-state";

const STANDING = 0 as Posture;
const SEATED = 1 as Posture;
const KNEELING = 2 as Posture;
const LYING = 3 as Posture;

// shares of standing eye height
const STANDING_FROM = 0.84;
const KNEELING_FROM = 0.5;
const CHAIR_FROM = 0.63;
const LYING_BELOW = 0.26;
const LYING_TILTED_BELOW = 0.5;
/** a head whose own up axis rises less than this lies on its side or back */
const TILTED_UP_Y = 0.5;
/** share of height by which a boundary must be crossed before it counts */
const MARGIN = 0.025;
const DWELL_S = 0.45;
const DEFAULT_STANDING_M = 1.6;

export interface PostureState {
  posture: Posture;
  /** chosen by the person; null lets the height decide */
  override: Posture | null;
  standingM: number;
  candidate: Posture;
  heldS: number;
}

/** A detector that has seen nothing yet. */
export function newPosture(): PostureState {
  return {
    posture: STANDING,
    override: null,
    standingM: DEFAULT_STANDING_M,
    candidate: STANDING,
    heldS: 0,
  };
}

/** Take the current head height as one's standing eye height, metres. */
export function calibrateStanding(state: PostureState, headM: number): void {
  state.standingM = Math.min(2.2, Math.max(0.9, headM));
}

/**
 * Advance by one frame. headM: tracked eye height above the real floor, metres; upY: height of the
 * head's own up axis (1 upright, 0 tilted over). Returns the posture to show.
 */
export function stepPosture(state: PostureState, headM: number, upY: number, dtS: number): Posture {
  // someone taller than assumed shows it by standing up
  if (headM > state.standingM && headM < 2.2 && upY > 0.8) state.standingM = headM;
  if (state.override !== null) {
    state.posture = state.override;
    state.candidate = state.override;
    state.heldS = 0;
    return state.posture;
  }
  const seen = classify(headM / state.standingM, upY, state.posture);
  if (seen === state.posture) {
    state.candidate = seen;
    state.heldS = 0;
  } else if (seen !== state.candidate) {
    state.candidate = seen;
    state.heldS = 0;
  } else {
    state.heldS += dtS;
    if (state.heldS >= DWELL_S) state.posture = seen;
  }
  return state.posture;
}

function classify(share: number, upY: number, now: Posture): Posture {
  const lean = now === LYING ? MARGIN : -MARGIN;
  if (share < LYING_BELOW + lean) return LYING;
  const tilt = now === LYING ? TILTED_UP_Y + 0.15 : TILTED_UP_Y;
  if (upY < tilt && share < LYING_TILTED_BELOW + lean) return LYING;
  if (share > STANDING_FROM + (now === STANDING ? -MARGIN : MARGIN)) return STANDING;
  const kneeling = now === KNEELING;
  // sitting on one's heels lies between a chair and the floor
  if (
    share > KNEELING_FROM + (kneeling ? -MARGIN : MARGIN) &&
    share < CHAIR_FROM + (kneeling ? MARGIN : -MARGIN)
  ) {
    return KNEELING;
  }
  return SEATED;
}
