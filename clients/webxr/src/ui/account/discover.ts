/** Groups to discover: those that want to be found, by words and interests. */
import { listedGroups } from "../../net/discover";
import type { GroupCard } from "../../net/groups";
import { fill, h } from "../dom";
import { guestFaces } from "../face";
import { icon } from "../icons";
import { act, emptyState, pager, part, searchForm } from "../shell";
import { A } from "../strings-account";

const W = A.home;

/** Build it. `quietWhenNone`: nothing at all is shown where no group is listed. */
export function discover(options: { quietWhenNone: boolean }): { element: HTMLElement } {
  let tag = "";
  let asked = "";
  const chosen = h("div", { attrs: { "aria-live": "polite" } });
  const empty = h("div");
  const list = pager<GroupCard>({
    load: async (cursor) => {
      const found = await listedGroups({ q: asked, tag }, cursor);
      const nothing = asked === "" && tag === "" && cursor === null && found.items.length === 0;
      element.hidden = nothing && options.quietWhenNone;
      form.hidden = nothing;
      fill(
        empty,
        nothing
          ? emptyState("people", W.findNone, W.findNoneHelp)
          : emptyState("people", W.findEmpty, W.findEmptyHelp),
      );
      return found;
    },
    row: (group) => row(group, choose),
    empty,
    className: "rooms",
    label: W.find,
  });
  const choose = (wanted: string) => {
    tag = wanted;
    fill(
      chosen,
      tag !== "" &&
        h(
          "p",
          { class: "row" },
          h("strong", {}, W.tagged(tag)),
          act(W.tagGone(tag), () => choose("")),
        ),
    );
    void list.reload();
  };
  const form = searchForm({
    label: W.findLabel,
    go: W.findGo,
    test: "find-group",
    run: (words) => {
      asked = words;
      void list.reload();
    },
  });
  const element = part(W.find, form, chosen, list.element);
  return { element };
}

function row(group: GroupCard, choose: (tag: string) => void): HTMLElement {
  return h(
    "li",
    { class: "found-group" },
    h(
      "a",
      { class: "room-name", attrs: { href: `/g/${group.slug}`, "data-group": group.slug } },
      group.name,
    ),
    group.purpose !== "" && h("p", {}, group.purpose),
    h(
      "p",
      { class: "presence quiet small" },
      icon("people"),
      W.members(group.members),
      group.present > 0 && guestFaces(group.present, 4),
      group.present > 0 && W.here(group.present),
    ),
    group.tags.length > 0 &&
      h(
        "p",
        { class: "row" },
        ...group.tags.map((tag) =>
          act(tag, () => choose(tag), { cls: "button tag", label: W.tagged(tag) }),
        ),
      ),
  );
}
