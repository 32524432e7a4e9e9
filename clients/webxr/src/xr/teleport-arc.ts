/** The teleport arc: a thrown point that lands on the floor. Pure; buffers are the caller's. */

export const ARC_POINTS = 40;
export const TELEPORT_REACH_M = 15;
const SPEED_M_S = 8.2;
const GRAVITY_M_S2 = 9.8;
const STEP_S = 0.045;

export interface Arc {
  /** xyz of each point, metres */
  readonly points: Float32Array;
  /** points in use */
  count: number;
  /** whether one may land there */
  valid: boolean;
  /** whether the arc met the floor at all */
  landed: boolean;
  x: number;
  z: number;
}

export function newArc(): Arc {
  return {
    points: new Float32Array(ARC_POINTS * 3),
    count: 0,
    valid: false,
    landed: false,
    x: 0,
    z: 0,
  };
}

/**
 * Throw from (ox, oy, oz) along the unit direction (dx, dy, dz) to the floor at y = 0 and write the
 * arc. Landing is valid on walkable ground within reach of where one stands (fromX, fromZ).
 */
export function throwArc(
  arc: Arc,
  origin: { x: number; y: number; z: number },
  direction: { x: number; y: number; z: number },
  from: { x: number; z: number },
  walkable: (x: number, z: number) => boolean,
): void {
  let { x, y, z } = origin;
  let vy = direction.y * SPEED_M_S;
  const vx = direction.x * SPEED_M_S;
  const vz = direction.z * SPEED_M_S;
  arc.count = 0;
  arc.landed = false;
  arc.valid = false;
  for (let i = 0; i < ARC_POINTS; i++) {
    put(arc, x, y, z);
    const nextY = y + vy * STEP_S - 0.5 * GRAVITY_M_S2 * STEP_S * STEP_S;
    if (nextY <= 0 && y > 0) {
      const share = y / (y - nextY);
      arc.x = x + vx * STEP_S * share;
      arc.z = z + vz * STEP_S * share;
      arc.landed = true;
      if (arc.count < ARC_POINTS) put(arc, arc.x, 0, arc.z);
      break;
    }
    x += vx * STEP_S;
    z += vz * STEP_S;
    y = nextY;
    vy -= GRAVITY_M_S2 * STEP_S;
  }
  if (!arc.landed) return;
  const away = Math.hypot(arc.x - from.x, arc.z - from.z);
  arc.valid = away <= TELEPORT_REACH_M && walkable(arc.x, arc.z);
}

function put(arc: Arc, x: number, y: number, z: number): void {
  const at = arc.count * 3;
  arc.points[at] = x;
  arc.points[at + 1] = y;
  arc.points[at + 2] = z;
  arc.count++;
}
