import { encode as pack } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeControl } from "../../src/protocol/control";
import { PoseEncoder } from "../../src/protocol/pose";
import { dequantizeRow } from "../../src/protocol/quantize";
import { MAX_LANES, SnapshotDecoder } from "../../src/protocol/snapshot";
import { bytesOf, type Frame, vectors } from "./vectors";

const RUNS = { numRuns: 150 };

describe("hostile bytes", { timeout: 20_000 }, () => {
  it("never make the snapshot decoder throw, loop or leave numbers out of range", () => {
    const decoder = new SnapshotDecoder();
    const pose = new Float32Array(21);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, hot) => {
        if (hot && bytes.length > 3) {
          bytes[0] = 0xc1;
          bytes[1] = 2;
          bytes[3] = bytes[3]! % 66;
        }
        decoder.reset();
        const fine = decoder.decode(bytes);
        expect(fine).toBe(decoder.fault === null);
        if (!fine) return;
        for (let lane = 0; lane < MAX_LANES; lane++) {
          if (decoder.id[lane] === 0) continue;
          dequantizeRow(decoder.rows, lane * 21, pose, 0);
          expect(pose.every(Number.isFinite)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("every cut of a good snapshot is refused, and every flipped byte survived", () => {
    const frames = vectors<{ snapshots: Frame[] }>("snapshots").snapshots.map((f) =>
      bytesOf(f.hex),
    );
    for (const frame of frames) {
      for (let length = 0; length < frame.length; length++) {
        expect(new SnapshotDecoder().decode(frame.subarray(0, length))).toBe(false);
      }
      for (let at = 0; at < frame.length; at++) {
        const bent = frame.slice();
        bent[at]! ^= 0xff;
        const decoder = new SnapshotDecoder();
        expect(decoder.decode(bent)).toBe(decoder.fault === null);
      }
    }
  });

  it("never make the control decoder throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decodeControl(bytes);
      }),
      RUNS,
    );
  });

  it("any map under a known kind is read whole or refused", () => {
    const kinds = [
      ...["welcome", "roster", "chat", "reaction", "error", "closing", "resume", "ack"],
      ...["voice", "voice_answer", "voice_state", "voice_slots", "earshot", "caption"],
    ];
    const field = fc.oneof(
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.double(),
      fc.constant(null),
      fc.array(fc.dictionary(fc.constantFrom("id", "name"), fc.integer()), { maxLength: 3 }),
    );
    const keys = fc.constantFrom(
      "id",
      "from",
      "name",
      "text",
      "rid",
      "code",
      "joined",
      "reset",
      "sdp",
    );
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.dictionary(keys, field), (t, fields) => {
        const message = decodeControl(pack({ ...fields, t }));
        if (message === null || message === "unknown") return;
        expect(message.t).toBe(t);
        expect(Object.values(message).includes(undefined)).toBe(false);
      }),
      RUNS,
    );
  });

  it("kinds named like object methods are unknown, not found", () => {
    for (const t of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(decodeControl(pack({ t }))).toBe("unknown");
    }
  });

  it("a name of too many characters spoils its roster, one of 32 flames does not", () => {
    const person = {
      id: 1,
      name: "🔥".repeat(32),
      primary: "#ffffff",
      secondary: "#000000",
      pattern: 0,
      device: "vr",
      away: false,
      mic: "off",
    };
    const roster = { t: "roster", reset: true, last_page: true, changed: [], left: [] };
    expect(decodeControl(pack({ ...roster, joined: [person] }))).not.toBeNull();
    const long = { ...person, name: "🔥".repeat(33) };
    expect(decodeControl(pack({ ...roster, joined: [long] }))).toBeNull();
  });

  it("numbers that are not finite never leave in a pose", () => {
    const encoder = new PoseEncoder();
    const header = { seq: 1, participant: 1, capturedMs: 1, ackTick: 1, state: 0 };
    const pose = new Float32Array(21).fill(Number.NaN);
    const frame = encoder.encode(header, pose);
    const view = new DataView(frame.buffer);
    for (let i = 0; i < 21; i++) expect(view.getFloat32(20 + i * 4, true)).toBe(0);
  });
});
