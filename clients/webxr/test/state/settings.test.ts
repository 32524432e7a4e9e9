import { describe, expect, it } from "vitest";
import { type Keep, SettingsStore } from "../../src/state/settings";

function keep(kept: string | null = null): Keep & { kept: string | null } {
  return {
    kept,
    getItem() {
      return this.kept;
    },
    setItem(_key, value) {
      this.kept = value;
    },
  };
}

describe("settings", () => {
  it("are kept and read back", () => {
    const store = keep();
    new SettingsStore(store, false).set("turning", "smooth");
    expect(new SettingsStore(store, false).values.turning).toBe("smooth");
  });

  it("follow the device's wish for less motion until told otherwise", () => {
    const store = keep();
    const settings = new SettingsStore(store, true);
    expect(settings.values.reducedMotion).toBe(true);
    settings.set("reducedMotion", false);
    expect(new SettingsStore(store, true).values.reducedMotion).toBe(false);
  });

  it("survive rubbish in storage, field by field", () => {
    const rubbish = JSON.stringify({ turning: "backflip", vignette: 3, textSize: "large", x: 1 });
    const { values } = new SettingsStore(keep(rubbish), false);
    expect(values).toMatchObject({ turning: "snap30", vignette: true, textSize: "large" });
    expect(new SettingsStore(keep("{{{"), false).values.turning).toBe("snap30");
    expect(new SettingsStore(keep("null"), false).values.turning).toBe("snap30");
  });

  it("limit the height and tell only of changes", () => {
    const settings = new SettingsStore(null, false);
    const told: string[] = [];
    settings.subscribe((key) => told.push(key));
    settings.set("heightOffsetM", 9);
    settings.set("heightOffsetM", 9);
    settings.set("heightOffsetM", Number.NaN);
    expect(settings.values.heightOffsetM).toBe(0.8);
    expect(told).toEqual(["heightOffsetM"]);
  });

  it("of sound are limited too, also when they come from storage", () => {
    const kept = { voiceVolume: 40, earmuffM: -3, talkMode: "shout", micDevice: "x".repeat(999) };
    const { values } = new SettingsStore(keep(JSON.stringify(kept)), false);
    expect(values).toMatchObject({
      voiceVolume: 1.5,
      earmuffM: 0,
      talkMode: "open",
      micDevice: "",
    });
  });

  it("hold without storage", () => {
    const broken: Keep = {
      getItem: () => {
        throw new Error("forbidden");
      },
      setItem: () => {
        throw new Error("forbidden");
      },
    };
    const settings = new SettingsStore(broken, false);
    settings.set("highContrast", true);
    expect(settings.values.highContrast).toBe(true);
  });
});
