/** Reads the golden vectors that Python and TypeScript share. */
import { readFileSync } from "node:fs";

export function vectors<T>(name: string): T {
  const url = new URL(`../../../../protocol/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as T;
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Part {
  x_y_z_mm: [number, number, number];
  k_a_b_c: [number, number, number, number];
}

export interface Lane {
  lane: number;
  id: number;
  state_bits: number;
  age: number;
  head: Part;
  left: Part | null;
  right: Part | null;
}

export interface Frame {
  name: string;
  hex: string;
  tick: number;
  server_ms: number;
  last_seq: number;
  hold_ms: number;
  correction: { seq: number; reason: number; position: [number, number, number] } | null;
  coarse:
    | {
        id: number;
        x_y_z_mm: [number, number, number];
        yaw_64ths: number;
        posture: number;
        away: boolean;
      }[]
    | null;
  codes: number[];
  updates: { lane: number; id: number; captured_ms: number; code: number }[];
  lanes_after: Lane[];
}
