/** Line icons of the page, drawn for it. Each is always beside a word or carries a label. */
import { svg } from "./dom";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  go: "M5 12h14M13 6l6 6-6 6",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.3.8 3.5 2.8 3.5 5.5",
  react: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.5v.5M15 9.5v.5",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.8v.2",
  leave: "M10 4H5v16h5M9 12h11M16 8l4 4-4 4",
  enter: "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  vr: "M3 9.5A2.5 2.5 0 0 1 5.5 7h13A2.5 2.5 0 0 1 21 9.5v5a2.5 2.5 0 0 1-2.5 2.5H16l-2.2-3h-3.6L8 17H5.5A2.5 2.5 0 0 1 3 14.5z",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  hide: "M3 3l18 18M10 6.3A9 9 0 0 1 12 6c5 0 8 4 9 6-.4.9-1.2 2.2-2.5 3.4M6.5 8C4.6 9.3 3.5 11 3 12c1 2 4 6 9 6 1.5 0 2.8-.4 4-.9M10 10a3 3 0 0 0 4 4",
  show: "M3 12c1-2 4-6 9-6s8 4 9 6c-1 2-4 6-9 6s-8-4-9-6zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v6M12 7.5v.2",
  wrong: "M12 3.5l9.5 16.5h-19zM12 10v4.5M12 17.3v.2",
  link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
  text: "M5 6h14M5 12h14M5 18h8",
  moon: "M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z",
  safe: "M12 3l7.5 3v5.5c0 4.6-3.2 7.9-7.5 9.5-4.3-1.6-7.5-4.9-7.5-9.5V6zM8.8 12l2.3 2.3 4.2-4.4",
  light: "M12 3v2.5M8.5 5.5h7l1.5 4v7l-1.5 3h-7l-1.5-3v-7zM10 22h4M12 11v4",
  flag: "M6 21V4M6 5h11l-2.5 4 2.5 4H6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  mic: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21M9 21h6",
  micOff:
    "M4 4l16 16M15 10.5V6a3 3 0 0 0-5.7-1.3M9 9v3a3 3 0 0 0 4.4 2.7M6 11.5a6 6 0 0 0 9.8 4.6M18 11.5c0 .9-.2 1.8-.6 2.6M12 17.5V21M9 21h6",
  ear: "M7 9a5 5 0 0 1 10 0c0 3.5-3.5 4.2-3.5 7.5A3.2 3.2 0 0 1 8 18.2M10 9.2a2 2 0 0 1 4 0c0 1.5-1.6 1.8-1.6 3.4",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  soundOff: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  hearNobody:
    "M4 4l16 16M5 17v-3.5A7.5 7.5 0 0 1 6 9.2M9 6.1a7.5 7.5 0 0 1 10 7.4V15M5 13.5h2.5v6H6a1 1 0 0 1-1-1zM16.5 16.5v3H18a1 1 0 0 0 .8-.4",
  headphones:
    "M5 17v-3.5a7 7 0 0 1 14 0V17M5 13.5h2.5v6H6a1 1 0 0 1-1-1zM19 13.5h-2.5v6H18a1 1 0 0 0 1-1z",
  more: "M6 9.5l6 6 6-6",
  calendar: "M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8",
  recenter: "M12 4v4M12 16v4M4 12h4M16 12h4M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  hand: "M8 12V6.5a1.5 1.5 0 0 1 3 0V11M11 10.5V5a1.5 1.5 0 0 1 3 0v5.5M14 11V6.5a1.5 1.5 0 0 1 3 0V15c0 3.5-2.3 6-5.5 6-2.8 0-4.3-1.3-5.4-3.6L4.4 14a1.4 1.4 0 0 1 2.3-1.5L8 14",
  lotus:
    "M12 5c2.5 2.6 3.4 5.4 3.4 8.2 0 2-1.3 3.8-3.4 5.3-2.1-1.5-3.4-3.3-3.4-5.3C8.6 10.400 9.500 7.600 12 5zM8.700 11.500C6.500 10.600 4.600 10.500 3 11c.4 4.200 3.800 7.200 9 7.500 5.200-.3 8.600-3.300 9-7.500-1.600-.5-3.500-.4-5.700.5",
  lead: "M5 20V5M5 5h9l-1.500 3L14 11H5M17 9l4 3-4 3",
  hold: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  next: "M5 5l9 7-9 7zM18 5v14",
  music:
    "M9 18a2.500 2.500 0 1 1-2.500-2.500H9V5l10-2v11.500M19 16a2.500 2.500 0 1 1-2.500-2.500H19",
  megaphone: "M4 10v4h3l9 5V5L7 10zM19 9.500a4 4 0 0 1 0 5M8 14.500V20h3v-4",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon, hidden from screen readers. */
export function icon(name: IconName): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }),
  );
}

/** Symbols of the reactions: emoji, so that they are known at a glance. */
export const REACTION_SYMBOLS: Record<string, string> = {
  wave: "👋",
  clap: "👏",
  heart: "❤️",
  laugh: "😄",
  yes: "👍",
  no: "👎",
  hand: "✋",
  sparkle: "✨",
};
