/** Made-up people for looking at the scene: they sway, look around, gesture, sit, kneel and lie. */
import type { AvatarPool } from "../src/scene/avatar-pool";
import type { Space } from "../src/scene/space";
import type { AvatarSample } from "../src/state/avatar-state";

const NAMES = "Amara Jonas Mei Tomasz Noor Priya Liv Diego Aiko Sam Ines Kofi Yara Emil Zoë Ravi Hana Otto Lea Bo".split(" ");
// biome-ignore format: a palette
const COLOURS = ["#e07a4f", "#7fbf8e", "#8fb8de", "#c58fd6", "#e8c36a", "#d9808a", "#5fa8a0", "#a8b86a", "#7f88c9", "#e8a58c"];
const MARKS: string[][] = [["host"], [], ["muted"], ["new"], [], ["friend"], ["away"], [], [], []];

const KINDS = ["heart", "wave", "clap", "yes", "laugh", "sparkle", "hand"];

export interface Cast {
  samples: AvatarSample[];
  move(nowS: number): void;
}

interface Role {
  x: number;
  z: number;
  yaw: number;
  posture: number;
  eyeM: number;
}

/** Put `count` people round the fire; with `rows` they stand in the four postures near (0, 3). */
export function cast(pool: AvatarPool, space: Space, count: number, scene: string): Cast {
  const roles: Role[] = [];
  let reachM = 5;
  while (reachM < 9.5 && space.walkable(reachM + 0.5, 0.3)) reachM += 0.5;
  const toFire = (x: number, z: number) => Math.atan2(x, z);
  if (scene === "postures") {
    roles.push({ x: -1.35, z: 4.6, yaw: Math.PI - 0.3, posture: 0, eyeM: 1.62 });
    roles.push({ x: -0.5, z: 4.4, yaw: Math.PI - 0.1, posture: 1, eyeM: 0.82 });
    roles.push({ x: 0.4, z: 4.4, yaw: Math.PI + 0.2, posture: 2, eyeM: 1.0 });
    roles.push({ x: 0.75, z: 5.2, yaw: -Math.PI / 2, posture: 3, eyeM: 0.16 });
  } else if (scene === "states") {
    for (let i = 0; i < 6; i++) {
      roles.push({ x: -2 + i * 0.8, z: 4.4, yaw: Math.PI, posture: 0, eyeM: 1.6 });
    }
    roles.push({ x: -0.7, z: 5.6, yaw: -Math.PI / 2, posture: 3, eyeM: 0.16 });
  } else {
    for (const seat of space.seats.slice(0, 5)) {
      roles.push({ x: seat.x, z: seat.z, yaw: seat.yaw, posture: 1, eyeM: seat.heightM + 0.76 });
    }
    for (let i = 0; roles.length < count; i++) {
      const ring = count > 20 ? 1.4 + (i % 7) * (reachM / 6) : 3.4 + (i % 2);
      const a = i * 2.399 + 0.35;
      const x = Math.cos(a) * ring;
      const z = Math.sin(a) * ring;
      if (i > 4000) break;
      if (!space.walkable(x, z) || (z > 2.6 && Math.abs(x) < 1.3)) continue;
      const posture = i % 9 === 4 ? 2 : i % 13 === 7 ? 3 : 0;
      roles.push({
        x,
        z,
        yaw: toFire(x, z) + (posture === 3 ? 1.2 : Math.sin(i * 3.1) * 0.5),
        posture,
        eyeM: posture === 3 ? 0.16 : posture === 2 ? 1.02 : 1.5 + (i % 5) * 0.06,
      });
    }
  }
  const samples = roles.map((role, i): AvatarSample => {
    pool.setLook({
      id: i,
      name: NAMES[i % NAMES.length]! + (i >= NAMES.length ? ` ${i}` : i === 3 ? " Wiśniewski" : ""),
      primary: COLOURS[i % COLOURS.length]!,
      secondary: COLOURS[(i * 3 + 4) % COLOURS.length]!,
      pattern: i % 8,
      device: "vr",
      marks: MARKS[i % MARKS.length]!,
    });
    return {
      id: i,
      pose: new Float32Array(21),
      posture: role.posture,
      leftVisible: true,
      rightVisible: true,
      leftGesture: [0, 1, 6, 7][i % 4]!,
      rightGesture: [3, 5, 0, 1, 2, 6, 4][i % 7]!,
      away: i % 10 === 6,
      coarse: false,
      opacity: 1,
      speaking: 0,
    };
  });
  if (scene === "states") {
    // plain, away, fading, an outline, far record, a lit boundary
    samples.forEach((sample, i) => {
      sample.away = i === 1;
      sample.opacity = i === 2 ? 0.6 : i === 3 ? 0.25 : 1;
      sample.coarse = i === 4;
    });
  }
  let told = false;
  return {
    samples,
    move(nowS) {
      if (scene === "states") {
        pool.setRing(5, 0.9);
        if (!told && samples[0]!.pose[1]! > 0) {
          told = true;
          KINDS.forEach((kind, i) => {
            pool.react(i, kind);
          });
        }
      }
      samples.forEach((sample, i) => {
        pose(sample, roles[i]!, nowS + i * 1.7);
        const talk = i === 0 || i % 17 === 3;
        sample.speaking = talk ? 0.45 + 0.4 * Math.sin(nowS * 9 + i) * Math.sin(nowS * 3.1) : 0;
      });
    },
  };
}

function pose(sample: AvatarSample, role: Role, t: number): void {
  const p = sample.pose;
  const yaw = role.yaw + Math.sin(t * 0.5) * 0.22;
  const lying = role.posture === 3;
  const pitch = lying ? Math.PI / 2 - 0.12 : -0.06 + Math.sin(t * 0.37) * 0.07;
  p[0] = role.x + Math.sin(t * 0.8) * 0.015;
  p[1] = role.eyeM + Math.sin(t * 1.1) * 0.006;
  p[2] = role.z + Math.cos(t * 0.7) * 0.015;
  yawPitch(p, 3, lying ? role.yaw : yaw, pitch);
  for (const side of [-1, 1]) {
    const at = side < 0 ? 7 : 14;
    const lift = !lying && side > 0 ? 0.12 + 0.1 * Math.sin(t * 1.3) : 0;
    const forward = lying ? 0.1 : 0.34 + lift * 0.6;
    const out = side * (lying ? 0.3 : 0.24);
    const cos = Math.cos(role.yaw);
    const sin = Math.sin(role.yaw);
    const f = lying ? 0.55 : forward;
    p[at] = role.x + out * cos - f * sin;
    p[at + 1] = lying ? 0.3 : role.eyeM - 0.46 + lift;
    p[at + 2] = role.z - out * sin - f * cos;
    yawPitch(p, at + 3, role.yaw + side * 0.25, lying ? 0 : 0.35 + lift * 2);
  }
}

function yawPitch(out: Float32Array, at: number, yaw: number, pitch: number): void {
  const cy = Math.cos(yaw / 2);
  const sy = Math.sin(yaw / 2);
  const cp = Math.cos(pitch / 2);
  const sp = Math.sin(pitch / 2);
  out[at] = cy * sp;
  out[at + 1] = sy * cp;
  out[at + 2] = -sy * sp;
  out[at + 3] = cy * cp;
}
