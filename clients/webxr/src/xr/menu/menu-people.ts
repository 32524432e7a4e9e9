/** The menu's list of people, a page at a time. Pure. */
import type { Body } from "./menu-layout";
import type { MenuData, MenuPerson } from "./menu-pages";
import { voiceButtons } from "./menu-voice";
import type { PanelButton, PanelText } from "./panel-spec";

const MARGIN = 40;
const PER_PAGE = 5;

/** How many pages the people list has. */
export function peoplePages(data: MenuData): number {
  return Math.max(1, Math.ceil(data.people.length / PER_PAGE));
}

/** Those on one page, each with what one may do about them. */
export function peopleList(data: MenuData, page: number): Body {
  const texts: PanelText[] = [];
  const buttons: PanelButton[] = [];
  if (data.people.length === 0) {
    texts.push(
      { text: "No one else is here yet.", x: MARGIN, y: 230, size: 46, width: 940, bold: true },
      {
        text: "Share the room's link, and they will sit by the fire.",
        x: MARGIN,
        y: 300,
        size: 38,
        width: 940,
        tone: "quiet",
      },
    );
    return { texts, buttons };
  }
  const pages = peoplePages(data);
  const at = Math.min(Math.max(0, page), pages - 1);
  const words = data.voice.offered ? 336 : 540;
  data.people.slice(at * PER_PAGE, (at + 1) * PER_PAGE).forEach((person, i) => {
    const y = 150 + i * 104;
    texts.push({
      text: person.name,
      x: MARGIN,
      y: y + 38,
      size: 44,
      width: words,
      bold: true,
      dot: person.colour,
      ...(person.hidden ? { tone: "quiet" as const } : {}),
    });
    texts.push({
      text: whereabouts(person),
      x: MARGIN + 52,
      y: y + 80,
      size: 36,
      width: words,
      tone: "quiet",
    });
    const full = person.hidden || !data.voice.offered;
    if (!full) buttons.push(...voiceButtons(person, y));
    else if (data.group !== null) {
      buttons.push({ id: `sound:${person.id}`, label: "More", x: 560, y, w: 120, h: 90 });
    }
    const away = data.group === null ? "hide" : "block";
    buttons.push({
      id: `${person.hidden ? "show" : away}:${person.id}`,
      label: person.hidden ? "Show again" : away === "block" ? "Block" : "Hide",
      icon: person.hidden ? "eye" : "hide",
      x: full ? 690 : 782,
      y,
      w: full ? 294 : 202,
      h: 90,
    });
  });
  if (pages > 1) {
    buttons.push(
      { id: "page:-1", label: "Earlier", disabled: at === 0, x: MARGIN, y: 676, w: 220, h: 80 },
      { id: "page:1", label: "More", disabled: at === pages - 1, x: 764, y: 676, w: 220, h: 80 },
    );
    texts.push({
      text: `${at + 1} of ${pages}`,
      x: 462,
      y: 730,
      size: 36,
      width: 200,
      tone: "quiet",
    });
  }
  return { texts, buttons };
}

function whereabouts(person: MenuPerson): string {
  if (person.hidden) return "hidden, both ways";
  const near = person.distanceM === null ? "in the room" : distanceWords(person.distanceM);
  const where = person.away ? "away" : near;
  return person.mic === "" ? where : `${where} · ${person.mic}`;
}

function distanceWords(metres: number): string {
  return metres < 1.5 ? "beside you" : `${Math.round(metres)} m away`;
}
