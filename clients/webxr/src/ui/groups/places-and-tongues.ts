/** Languages and time zones to choose from, in the reader's own words; what the browser is set to. */

const TONGUES =
  "ar bg bn ca cs da de el en es et fa fi fr ga gl he hi hr hu id is it ja ka ko lt lv mk ms nl no pl pt ro ru sk sl sq sr sv sw ta th tr uk ur vi zh".split(
    " ",
  );

type Choice = readonly [value: string, label: string];

function named(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Languages by name; `kept` is among them whatever it is. */
export function languages(any: string, kept: string): Choice[] {
  const codes = kept === "" || TONGUES.includes(kept) ? TONGUES : [...TONGUES, kept];
  const all = codes.map((code): Choice => [code, named(code)]);
  return [["", any], ...all.sort((a, b) => a[1].localeCompare(b[1]))];
}

export const languageName = (code: string) => (code === "" ? "" : named(code));

export function ownLanguage(): string {
  const code = navigator.language.split("-")[0]?.toLowerCase() ?? "";
  return TONGUES.includes(code) ? code : "";
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

const zoneWords = (zone: string) => zone.replaceAll("_", " ").replaceAll("/", " / ");

export function zones(any: string, kept: string): Choice[] {
  const known = Intl.supportedValuesOf("timeZone");
  const names = kept === "" || known.includes(kept) ? known : [...known, kept];
  return [["", any], ...names.map((zone): Choice => [zone, zoneWords(zone)])];
}

/** A zone with the time there now. */
export function zoneNow(zone: string, nowMs: number): string {
  try {
    const time = new Intl.DateTimeFormat(undefined, { timeZone: zone, timeStyle: "short" });
    return `${zoneWords(zone)}, ${time.format(nowMs)}`;
  } catch {
    return zone;
  }
}

/** Tags as they are sent: small letters, each once. */
export function tagsOf(typed: string): string[] {
  const tags = typed.split(/[,;\n]/).map((tag) => tag.trim().replace(/^#/, "").toLowerCase());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}
