// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LineBanner } from "../../../src/ui/room/line-banner";
import { S } from "../../../src/ui/strings";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("says that a place is kept for as long as the server keeps it", () => {
  const banner = new LineBanner();
  banner.show(null);
  expect(banner.element.hidden).toBe(true);
  banner.show("");
  expect(banner.element.hidden).toBe(false);
  expect(banner.element.textContent).toBe(`${S.line.lost} ${S.line.kept}`);
  vi.advanceTimersByTime(29_000);
  banner.show("Trying again.");
  expect(banner.element.textContent).toBe(`Trying again. ${S.line.kept}`);
  vi.advanceTimersByTime(2_000);
  expect(banner.element.textContent).toBe(`Trying again. ${S.line.keptOver}`);
  // The next time it counts from the start.
  banner.show(null);
  banner.show("");
  expect(banner.element.textContent).toBe(`${S.line.lost} ${S.line.kept}`);
});
