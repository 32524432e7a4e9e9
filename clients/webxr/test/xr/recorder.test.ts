import { expect, it } from "vitest";
import { MOTION_HEADER, MotionRecorder } from "../../src/xr/recorder";

it("writes the layout of a motion file", () => {
  expect(MOTION_HEADER).toBe(
    "t_s,head_px,head_py,head_pz,head_qx,head_qy,head_qz,head_qw," +
      "left_px,left_py,left_pz,left_qx,left_qy,left_qz,left_qw," +
      "right_px,right_py,right_pz,right_qx,right_qy,right_qz,right_qw",
  );
  const recorder = new MotionRecorder();
  const pose = Float64Array.from({ length: 21 }, (_, i) => i / 8 - 1);
  recorder.sample(5, pose);
  recorder.start(10);
  recorder.sample(10, pose);
  recorder.sample(10.0111, pose);
  recorder.stop();
  recorder.sample(10.0222, pose);
  expect(recorder.length).toBe(2);
  const lines = recorder.toCSV().split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[3]).toBe("");
  const first = lines[1]!.split(",");
  expect(first).toHaveLength(22);
  expect(first[0]).toBe("0.00000");
  expect(first[1]).toBe("-1.00000");
  expect(first[21]).toBe("1.50000");
  expect(lines[2]!.startsWith("0.01110,")).toBe(true);
});

it("never writes minus zero, and starts anew", () => {
  const recorder = new MotionRecorder();
  recorder.start(0);
  recorder.sample(0, new Float32Array(21).fill(-1e-9));
  expect(recorder.toCSV()).not.toContain("-0.00000");
  recorder.start(7);
  expect(recorder.length).toBe(0);
  expect(recorder.toCSV()).toBe(`${MOTION_HEADER}\n`);
});

it("keeps every row of a long recording", () => {
  const recorder = new MotionRecorder();
  const pose = new Float32Array(21);
  recorder.start(0);
  for (let i = 0; i < 3000; i++) {
    pose[0] = i;
    recorder.sample(i / 90, pose);
  }
  const rows = recorder.toCSV().trimEnd().split("\n").slice(1);
  expect(rows).toHaveLength(3000);
  rows.forEach((row, i) => {
    expect(row.split(",")[1]).toBe(i.toFixed(5));
  });
});
