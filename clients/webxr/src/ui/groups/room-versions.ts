/** The designs a room had: looked at again, or the current one let go of for the one before. */
import { type ArrangedRoom, type DesignVersion, designVersions, undoDesign } from "../../net/rooms";
import type { Design } from "../../scene/design";
import { h } from "../dom";
import { act, ago, confirmDialog, dateTime, loading, section } from "../shell";
import { ARRANGE as A } from "../strings-arrange";
import { toast } from "../toasts";

const SHOWN = 10;

interface VersionsParts {
  room(): ArrangedRoom;
  took(room: ArrangedRoom): void;
  look(design: Design, version: number): void;
}

export function versionsPart(parts: VersionsParts): {
  element: HTMLElement;
  reload(): Promise<void>;
} {
  const list = h("ul", { class: "list" });
  const undo = act(A.undoVersion, async () => {
    const done = await confirmDialog({
      title: A.undoVersionTitle,
      words: A.undoVersionText,
      yes: A.undoVersion,
      danger: true,
      run: async () => {
        const { id, version } = parts.room();
        parts.took(await undoDesign(id, version));
      },
    });
    if (done) toast(A.undone);
  });
  const reload = loading(list, {
    load: () => designVersions(parts.room().id),
    draw: (versions) => {
      undo.hidden = versions.length < 2;
      if (versions.length < 2) return [h("li", { class: "quiet" }, A.versionsNone)];
      return versions.slice(0, SHOWN).map((each, i) => row(parts, each, i === 0));
    },
  });
  return { element: section(A.versions, "", list, undo), reload };
}

function row(parts: VersionsParts, kept: DesignVersion, current: boolean): HTMLElement {
  const { version, note, created_ms, design } = kept;
  return h(
    "li",
    { class: "list-row" },
    h(
      "span",
      {},
      h("strong", {}, A.version(version)),
      current && h("span", { class: "tag" }, A.current),
      h("br"),
      h(
        "span",
        { class: "quiet small", attrs: { title: dateTime(created_ms) } },
        note === "" ? ago(created_ms) : `${note}, ${ago(created_ms)}`,
      ),
    ),
    !current &&
      act(A.look, () => parts.look(design, version), { label: `${A.look}: ${A.version(version)}` }),
  );
}
