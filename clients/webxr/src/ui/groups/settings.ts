/** What a group says of itself, who finds it and comes in; handing it over and letting it rest. */
import type { Page } from "../../app/router";
import { Problem } from "../../net/api";
import {
  archiveGroup,
  changeGroup,
  type GroupChange,
  JOININGS,
  members,
  transferGroup,
  VISIBILITIES,
} from "../../net/groups";
import { fill, h } from "../dom";
import { area, checkRow, choice, confirmDialog, type Field, field, formOf, run } from "../shell";
import { GA } from "../strings-group-admin";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import { act, type GroupPart, groupFrame, section } from "./group-frame";
import { languages, tagsOf, zones } from "./places-and-tongues";
import { radioCards } from "./radio-cards";

const W = GA.settings;

export const settingsPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "settings",
    title: ({ name }) => W.title(name),
    needs: ["edit_group", "archive_group", "transfer_group"],
    show: (part) => {
      const { main, can, group } = part;
      if (can("edit_group")) {
        main.append(section(W.describe, "", describeForm(part)));
        main.append(section(W.entry, "", entryForm(part)));
      }
      if (can("transfer_group")) main.append(section(W.transfer, "", transferPart(part)));
      if (can("archive_group")) {
        main.append(section(group.archived ? W.unarchive : W.archive, "", archivePart(part)));
      }
    },
  });

/** Save a change; when somebody was faster, their state is shown and what was typed stays. */
async function save(part: GroupPart, change: GroupChange): Promise<void> {
  const { group, context } = part;
  try {
    const page = await changeGroup(group.id, group.version, change);
    toast(W.saved);
    // A new name is a new address, perhaps.
    if (page.slug !== group.slug) context.go(`/g/${page.slug}/settings`);
    else part.redraw(page);
    if (page.name !== group.name) context.session.refresh().catch(() => {});
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "stale_version") throw error;
    toast(W.stale, { wrong: true });
    await part.reload();
  }
}

function describeForm(part: GroupPart): HTMLElement {
  const { group } = part;
  const name = field({ label: W.name, value: group.name, attrs: { maxlength: 64 } });
  const purpose = area({
    label: W.purpose,
    value: group.purpose,
    attrs: { maxlength: 280, "data-test": "purpose" },
  });
  const tags = field({ label: W.tags, help: W.tagsHelp, value: group.tags.join(", ") });
  const language = choice({
    label: W.language,
    value: group.language,
    choices: languages(GP.start.languageAny, group.language),
  });
  const zone = choice({
    label: W.zone,
    value: group.time_zone,
    choices: zones(GP.start.zoneAny, group.time_zone),
  });
  return formOf({
    submit: W.save,
    test: "save-describe",
    fields: { name, purpose, tags, language, time_zone: zone },
    content: [
      name.element,
      purpose.element,
      tags.element,
      h("div", { class: "pair" }, language.element, zone.element),
    ],
    run: () =>
      save(part, {
        name: name.input.value,
        purpose: purpose.input.value,
        tags: tagsOf(tags.input.value),
        language: language.input.value,
        time_zone: zone.input.value,
      }),
  });
}

function entryForm(part: GroupPart): HTMLElement {
  const { group } = part;
  const question = field({
    label: GA.settings.question,
    help: W.questionHelp,
    value: group.question ?? "",
    attrs: { maxlength: 200, placeholder: W.questionPlaceholder },
  });
  const ask = (on: boolean) => {
    question.element.hidden = !on;
  };
  const visibility = radioCards(
    W.visibility,
    VISIBILITIES.map((value) => words(value, GP.visibility[value])),
    group.visibility,
  );
  const joining = radioCards(
    W.joining,
    JOININGS.map((value) => words(value, GP.joining[value])),
    group.joining,
    (value) => ask(value === "request"),
  );
  ask(group.joining === "request");
  const size = field({
    label: W.size,
    help: W.sizeHelp(group.members),
    type: "number",
    value: `${group.size_limit}`,
    attrs: { min: 2, max: 10000, inputmode: "numeric" },
  });
  const guests = checkRow(W.guests, group.guests_allowed, W.guestsHelp);
  return formOf({
    submit: W.save,
    test: "save-entry",
    fields: { question, size_limit: size },
    content: [visibility.element, joining.element, question.element, size.element, guests.element],
    run: () =>
      save(part, {
        visibility: visibility.value(),
        joining: joining.value(),
        question: question.input.value.trim() === "" ? null : question.input.value,
        size_limit: Math.round(Number(size.input.value)),
        guests_allowed: guests.input.checked,
      }),
  });
}

const words = <T extends string>(value: T, [title, help]: readonly [string, string]) => ({
  value,
  title,
  help,
});

function transferPart(part: GroupPart): HTMLElement {
  const host = h("div", { class: "stack wide" }, h("p", { class: "quiet" }, W.transferLead));
  const { group, account } = part;
  void members(group.id).then(
    ({ items }) => {
      const others = items.filter(({ id, role }) => id !== account?.id && role !== "guest");
      if (others.length === 0) {
        host.append(h("p", { class: "quiet" }, W.transferNobody));
        return;
      }
      const to = choice({
        label: W.transferTo,
        choices: others.map(({ id, name, role }): [string, string] => [
          id,
          `${name} (${GP.roles[role]})`,
        ]),
      });
      host.append(
        to.element,
        transferButton(part, to, new Map(others.map((each) => [each.id, each.name]))),
      );
    },
    (error: Error) => fill(host, h("p", { class: "wrong-text" }, error.message)),
  );
  return host;
}

function transferButton(
  part: GroupPart,
  to: Field<HTMLSelectElement>,
  names: ReadonlyMap<string, string>,
): HTMLElement {
  return act(
    W.transferDo,
    async () => {
      const id = to.input.value;
      const name = names.get(id) ?? "";
      const done = await confirmDialog({
        title: W.transferTitle(name),
        words: W.transferText(name),
        yes: W.transferDo,
        danger: true,
        run: () => transferGroup(part.group.id, id),
      });
      if (!done) return;
      toast(W.transferred(name));
      await part.reload();
    },
    "button danger",
  );
}

function archivePart(part: GroupPart): HTMLElement {
  const { group } = part;
  if (group.archived) {
    const back = act(
      W.unarchive,
      (button) =>
        void run(button, async () => {
          part.redraw(await archiveGroup(group.id, false));
          toast(W.unarchived(group.name));
        }),
      "button next",
    );
    return h("div", { class: "stack" }, h("p", { class: "quiet" }, W.unarchiveLead), back);
  }
  const archive = act(
    W.archiveDo,
    async () => {
      const done = await confirmDialog({
        title: W.archiveTitle(group.name),
        words: W.archiveText,
        yes: W.archiveDo,
        danger: true,
        run: async () => part.redraw(await archiveGroup(group.id, true)),
      });
      if (done) toast(W.archived(group.name));
    },
    "button danger",
  );
  return h("div", { class: "stack" }, h("p", { class: "quiet" }, W.archiveLead), archive);
}
