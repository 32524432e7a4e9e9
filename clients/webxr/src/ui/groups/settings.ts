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
import { h } from "../dom";
import {
  act,
  area,
  checkRow,
  choice,
  confirmDialog,
  type Field,
  field,
  formOf,
  loading,
  numberField,
  run,
  section,
} from "../shell";
import { GA } from "../strings-group-admin";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import { type GroupPart, groupFrame } from "./group-frame";
import { languages, tagsOf, zones } from "./places-and-tongues";
import { cardChoice, radioCards } from "./radio-cards";

const W = GA.settings;
const SIZE_LEAST = 2;
const SIZE_MOST = 10_000;

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
    VISIBILITIES.map((value) => cardChoice(value, GP.visibility[value])),
    group.visibility,
  );
  const joining = radioCards(
    W.joining,
    JOININGS.map((value) => cardChoice(value, GP.joining[value])),
    group.joining,
    (value) => ask(value === "request"),
  );
  ask(group.joining === "request");
  const size = numberField({
    label: W.size,
    help: W.sizeHelp(group.members),
    value: `${group.size_limit}`,
    least: SIZE_LEAST,
    most: SIZE_MOST,
  });
  const guests = checkRow(W.guests, group.guests_allowed, W.guestsHelp);
  return formOf({
    submit: W.save,
    test: "save-entry",
    fields: { question, size_limit: size },
    content: [visibility.element, joining.element, question.element, size.element, guests.element],
    run: async () => {
      const most = size.read();
      if (most === null) return;
      await save(part, {
        visibility: visibility.value(),
        joining: joining.value(),
        question: question.input.value.trim() === "" ? null : question.input.value,
        size_limit: most,
        guests_allowed: guests.input.checked,
      });
    },
  });
}

function transferPart(part: GroupPart): HTMLElement {
  const host = h("div", { class: "stack wide" });
  const { group, account } = part;
  loading(host, {
    load: () => members(group.id),
    lines: 1,
    draw: ({ items }) => {
      const others = items.filter(({ id, role }) => id !== account?.id && role !== "guest");
      if (others.length === 0) return [h("p", { class: "quiet" }, W.transferNobody)];
      const to = choice({
        label: W.transferTo,
        choices: others.map(({ id, name, role }): [string, string] => [
          id,
          `${name} (${GP.roles[role]})`,
        ]),
      });
      const names = new Map(others.map((each) => [each.id, each.name]));
      return [to.element, transferButton(part, to, names)];
    },
  });
  return h("div", { class: "stack wide" }, h("p", { class: "quiet" }, W.transferLead), host);
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
    { cls: "button danger" },
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
      { cls: "button next" },
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
    { cls: "button danger" },
  );
  return h("div", { class: "stack" }, h("p", { class: "quiet" }, W.archiveLead), archive);
}
