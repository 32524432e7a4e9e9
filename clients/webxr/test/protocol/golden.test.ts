import { decode as unpack } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { type ClientMessage, decodeControl, encodeControl } from "../../src/protocol/control";
import { PoseEncoder } from "../../src/protocol/pose";
import { dequantizePart, packState } from "../../src/protocol/quantize";
import { SnapshotDecoder } from "../../src/protocol/snapshot";
import { bytesOf, type Frame, hexOf, type Part, vectors } from "./vectors";

interface Malformed {
  hot: { name: string; hex: string; reason: string }[];
  snapshots: { name: string; before: string[]; hex: string; reason: string }[];
  control: { name: string; direction: string; hex: string; reason: string }[];
}

const part = (rows: Int32Array, at: number): Part => ({
  x_y_z_mm: [...rows.slice(at, at + 3)] as Part["x_y_z_mm"],
  k_a_b_c: [...rows.slice(at + 3, at + 7)] as Part["k_a_b_c"],
});

/** What the decoder holds, in the words of the vectors. */
function lanesOf(decoder: SnapshotDecoder) {
  return [...decoder.id]
    .map((id, lane) => ({ id, lane }))
    .filter(({ id }) => id !== 0)
    .map(({ id, lane }) => ({
      lane,
      id,
      state_bits: decoder.state[lane],
      age: decoder.ageMs[lane]! / 2,
      head: part(decoder.rows, lane * 21),
      left: decoder.handsKnown[lane] ? part(decoder.rows, lane * 21 + 7) : null,
      right: decoder.handsKnown[lane] ? part(decoder.rows, lane * 21 + 14) : null,
    }));
}

function expectFrame(decoder: SnapshotDecoder, frame: Frame): void {
  const fine = decoder.decode(bytesOf(frame.hex));
  expect(decoder.fault).toBeNull();
  expect(fine).toBe(true);
  expect(decoder.tick).toBe(frame.tick);
  expect(decoder.serverMs).toBe(frame.server_ms);
  expect(decoder.lastSeq).toBe(frame.last_seq);
  expect(decoder.holdMs).toBe(frame.hold_ms === 65535 ? -1 : frame.hold_ms);
  expect(decoder.corrected).toBe(frame.correction !== null);
  if (frame.correction) {
    expect(decoder.correctionSeq).toBe(frame.correction.seq);
    expect(decoder.correctionReason).toBe(frame.correction.reason);
    expect([...decoder.correctionHead]).toEqual(frame.correction.position);
  }
  expect(decoder.nCoarse).toBe(frame.coarse?.length ?? 0);
  frame.coarse?.forEach((far, i) => {
    expect(decoder.coarseId[i]).toBe(far.id);
    const [x, y, z, yaw] = decoder.coarse.slice(i * 4, i * 4 + 4);
    far.x_y_z_mm.forEach((mm, axis) => {
      expect([x, y, z][axis]! * 1000).toBeCloseTo(mm, 1);
    });
    expect((yaw! * 32) / Math.PI).toBeCloseTo(far.yaw_64ths, 4);
    expect(decoder.coarsePosture[i]).toBe(far.posture);
    expect(decoder.coarseAway[i]).toBe(far.away ? 1 : 0);
  });
  expect(lanesOf(decoder)).toEqual(frame.lanes_after);
  const told = [...decoder.head].map((head, lane) => ({ head, lane })).filter(({ head }) => head);
  // A coarse record empties its lane after the lane was told; every other update stays visible.
  const gone = new Set(frame.coarse?.map(({ id }) => id));
  expect(told.map(({ lane }) => lane)).toEqual(
    frame.updates.filter(({ id }) => !gone.has(id)).map(({ lane }) => lane),
  );
  for (const { lane, captured_ms } of frame.updates) {
    if (decoder.head[lane] === 0) continue;
    expect((decoder.serverMs - decoder.ageMs[lane]!) >>> 0).toBe(captured_ms);
  }
}

describe("golden snapshots", () => {
  const { snapshots } = vectors<{ snapshots: Frame[] }>("snapshots");
  it.each(snapshots.map((frame) => [frame.name, frame] as const))("%s", (_name, frame) => {
    expectFrame(new SnapshotDecoder(), frame);
  });

  const { sequences } = vectors<{ sequences: { name: string; frames: Frame[] }[] }>("sequence");
  it.each(sequences.map((s) => [s.name, s.frames] as const))("in a row: %s", (_name, frames) => {
    const decoder = new SnapshotDecoder();
    for (const frame of frames) expectFrame(decoder, frame);
  });
});

describe("golden refusals", () => {
  const { snapshots, hot, control } = vectors<Malformed>("malformed");
  it.each(snapshots.map((m) => [m.name, m] as const))(
    "snapshot: %s",
    (_name, { before, hex, reason }) => {
      const decoder = new SnapshotDecoder();
      for (const frame of before) expect(decoder.decode(bytesOf(frame))).toBe(true);
      expect(decoder.decode(bytesOf(hex))).toBe(false);
      expect(decoder.fault).toBe(reason.toLowerCase());
    },
  );

  it.each(hot.map((m) => [m.name, m] as const))("hot frame: %s", (_name, { hex, reason }) => {
    const decoder = new SnapshotDecoder();
    expect(decoder.decode(bytesOf(hex))).toBe(false);
    expect(decoder.fault).toBe(reason.toLowerCase());
  });

  const down = control.filter(({ direction }) => direction === "server_to_client");
  it.each(down.map((m) => [m.name, m] as const))("control: %s", (_name, { hex, reason }) => {
    const expected = reason === "UNKNOWN_MESSAGE" ? "unknown" : null;
    expect(decodeControl(bytesOf(hex))).toBe(expected);
  });
});

describe("golden poses", () => {
  interface Pose {
    name: string;
    hex: string;
    seq: number;
    participant: number;
    captured_ms: number;
    ack_tick: number;
    state_bits: number;
    state: Record<string, number & boolean>;
    numbers: number[];
  }
  const { poses } = vectors<{ poses: Pose[] }>("poses");
  it.each(poses.map((pose) => [pose.name, pose] as const))("%s", (_name, pose) => {
    const { posture, left_tracked, right_tracked, left_gesture, right_gesture, away, teleports } =
      pose.state;
    const state = packState(
      posture!,
      left_tracked!,
      right_tracked!,
      left_gesture!,
      right_gesture!,
      away!,
      teleports!,
    );
    expect(state).toBe(pose.state_bits);
    const encoder = new PoseEncoder();
    const frame = encoder.encode(
      {
        seq: pose.seq,
        participant: pose.participant,
        capturedMs: pose.captured_ms,
        ackTick: pose.ack_tick,
        state,
      },
      Float32Array.from(pose.numbers),
    );
    expect(hexOf(frame)).toBe(pose.hex);
  });
});

describe("golden quantities", () => {
  interface Rotation {
    k_a_b_c: [number, number, number, number];
    back: [number, number, number, number];
  }
  const { rotations } = vectors<{ rotations: Rotation[] }>("quantize");
  it.each(rotations.map((r) => [r.k_a_b_c.join(" "), r] as const))("rotation %s", (_name, r) => {
    const out = new Float32Array(7);
    dequantizePart(Int32Array.from([0, 0, 0, ...r.k_a_b_c]), 0, out, 0);
    r.back.forEach((component, i) => {
      expect(out[3 + i]).toBeCloseTo(component, 6);
    });
  });
});

describe("golden control messages", () => {
  interface Message {
    hex: string;
    value: { t: string };
  }
  const { server_to_client, client_to_server } = vectors<{
    server_to_client: Message[];
    client_to_server: Message[];
  }>("control");
  it.each(server_to_client.map((m) => [m.value.t, m] as const))(
    "reads %s",
    (_name, { hex, value }) => {
      expect(decodeControl(bytesOf(hex))).toEqual(value);
    },
  );

  it.each(client_to_server.map((m) => [m.value.t, m] as const))(
    "writes %s",
    (_name, { hex, value }) => {
      expect(unpack(encodeControl(value as ClientMessage))).toEqual(unpack(bytesOf(hex)));
    },
  );
});
