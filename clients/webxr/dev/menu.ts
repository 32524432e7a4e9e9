/**
 * The pages of the headset's menu for a class, drawn as they are in the room, one after the other:
 * `?only=plan,people&scale=0.5`. What they show is what the tests of their layout show.
 */
import "@fontsource-variable/nunito-sans";
import { CanvasPanel } from "../src/xr/menu/canvas-panel";
import { boardPage, type LeadPart, type MenuData, type Tab, wristPage } from "../src/xr/menu/menu-pages";
import { notePage } from "../src/xr/menu/note-page";
import type { PanelSpec } from "../src/xr/menu/panel-spec";
import { CLASS, group, LED, room } from "../test/xr/sample-menu";

const query = new URLSearchParams(location.search);
const only = query.get("only")?.split(",");
const scale = Number(query.get("scale") ?? 0.5);
const usual = group(room(12));
const with_ = (more: Partial<NonNullable<MenuData["gathering"]>>): MenuData => ({
  ...usual,
  gathering: { ...CLASS, ...more },
});
const opened = (tab: Tab, part: LeadPart = "plan", sure = "") => ({
  ...{ tab, part, page: 0, person: 100, draft: "", sure, norms: [] },
});
const lead = (part: LeadPart, data = usual, sure = "") => boardPage(data, opened("lead", part, sure));
const calm = { ...LED, mayTake: false, checks: [], hands: 0, nextHand: "", waiting: [], waitingTotal: 0, people: [] };
const ask = { id: 9, title: "A mat for you", text: "Go there?", yes: "Go there", no: "Stay here" };
const said = [{ name: "Ada", text: "And breathe out, slowly." }];
const CUE = "Shift your weight to the left foot, slowly, and look softly ahead.";
const marks = [
  { icon: "hand", text: "Your hand: 2 of 5" },
  { icon: "micOff", text: "Silence" },
];

const pages: Record<string, PanelSpec | null> = {
  wrist: wristPage(with_({ ask })),
  plan: lead("plan"),
  doors: lead("plan", with_({ state: "doors", run: "waiting", cue: "", next: "", led: calm })),
  people: lead("people"),
  nobody: lead("people", with_({ led: calm })),
  somebody: lead("somebody"),
  voice: lead("voice"),
  mats: lead("mats"),
  door: lead("door"),
  noDoor: lead("door", with_({ led: calm })),
  sure: lead("sure", usual, "host:100"),
  take: lead("sure", usual, "take"),
  class: boardPage(with_({ leads: false, led: null }), opened("class")),
  ask: boardPage(with_({ ask }), opened("class")),
  note: notePage({ note: "Slow yoga has begun.", cue: CUE, captions: said, marks, applause: [] }),
  marks: notePage({ note: "", cue: "", captions: [], marks, applause: [] }),
  applause: notePage({
    ...{ note: "", cue: CUE, captions: [], marks },
    applause: [
      { kind: "clap", count: 41 },
      { kind: "heart", count: 12 },
      { kind: "sparkle", count: 3 },
    ],
  }),
};
await document.fonts.load('650 36px "Nunito Sans Variable"');
await document.fonts.load('500 36px "Nunito Sans Variable"');
await document.fonts.load('700 36px "Nunito Sans Variable"');
for (const [name, spec] of Object.entries(pages)) {
  if (spec === null || (only !== undefined && !only.includes(name))) continue;
  const panel = new CanvasPanel(1 / 1024);
  panel.show(spec);
  const canvas = panel.mesh.material.map!.image as HTMLCanvasElement;
  canvas.style.width = `${spec.width * scale}px`;
  const figure = document.createElement("figure");
  figure.append(canvas, name);
  document.body.append(figure);
}
document.title = "done";
