// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toast } from "../../src/ui/toasts";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<div id="toasts"></div>';
});

afterEach(() => vi.useRealTimers());

describe("a note", () => {
  const shown = () => document.querySelectorAll(".toast").length;

  it("is there for five seconds, and a long one for as long as it takes to read", () => {
    toast("Saved.");
    toast(`Nobody hears or reads you here: you are muted. Reason: ${"so and so. ".repeat(20)}`);
    vi.advanceTimersByTime(5_100);
    expect(shown()).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(shown()).toBe(1);
    vi.advanceTimersByTime(4_000);
    expect(shown()).toBe(0);
  });
});
