/** Starts a group: eight answers on one page, then what to do with what there is now. */
import type { Page } from "../../app/router";
import { JOININGS, type Started, startGroup, VISIBILITIES } from "../../net/groups";
import { TEMPLATES } from "../../scene/design";
import { fill, h } from "../dom";
import {
  area,
  choice,
  copyBox,
  emptyState,
  field,
  formOf,
  linkButton,
  pageFrame,
  section,
} from "../shell";
import { ARRANGE } from "../strings-arrange";
import { GP } from "../strings-groups";
import { languages, ownLanguage, ownZone, tagsOf, zones } from "./places-and-tongues";
import { qrPicture } from "./qr";
import { cardChoice, radioCards } from "./radio-cards";
import { templatePicture } from "./template-picture";

const W = GP.start;

export const startPage: Page = (root, context) => {
  const lead = h("p", { class: "quiet" }, W.lead);
  const frame = pageFrame(root, context, { title: W.title, lead });
  const { session } = context;
  let shown: boolean | null = null;
  const draw = () => {
    const member = session.me.account?.kind === "member";
    // Whoever is writing keeps what they wrote.
    if (!session.known || shown === member) return;
    shown = member;
    fill(frame.main, member ? form() : signIn());
  };
  const form = () =>
    startForm((started) => {
      frame.title(W.done(started.group.name));
      lead.textContent = W.doneLead;
      fill(frame.main, ...result(started));
      // The group stands in the menu from now on; if that fails, the next page asks again.
      session.refresh().catch(() => {});
      root.querySelector<HTMLElement>("h1")?.focus();
      window.scrollTo(0, 0);
    });
  const stop = session.subscribe(draw);
  draw();
  if (!session.known) session.refresh().catch(() => fill(frame.main, signIn()));
  return () => {
    stop();
    frame.end();
  };
};

function signIn(): HTMLElement {
  return emptyState(
    "people",
    W.signIn,
    W.signInHelp,
    linkButton("/sign-in", GP.signIn, "button next"),
  );
}

function startForm(done: (started: Started) => void): HTMLElement {
  const name = field({
    label: W.name,
    attrs: {
      placeholder: W.namePlaceholder,
      maxlength: 64,
      autocomplete: "off",
      "data-test": "group-name",
    },
  });
  const purpose = area({
    label: W.purpose,
    attrs: { placeholder: W.purposePlaceholder, maxlength: 280, rows: 2 },
  });
  const tags = field({
    label: W.tags,
    help: W.tagsHelp,
    attrs: { placeholder: W.tagsPlaceholder, autocomplete: "off", autocapitalize: "none" },
  });
  const tongue = ownLanguage();
  const zone = ownZone();
  const language = choice({
    label: W.language,
    value: tongue,
    choices: languages(W.languageAny, tongue),
  });
  const timeZone = choice({ label: W.zone, value: zone, choices: zones(W.zoneAny, zone) });
  const visibility = radioCards(
    W.visibility,
    VISIBILITIES.map((value) => cardChoice(value, GP.visibility[value])),
    "unlisted",
  );
  const joining = radioCards(
    W.joining,
    JOININGS.map((value) => cardChoice(value, GP.joining[value])),
    "request",
  );
  const template = radioCards(
    W.template,
    TEMPLATES.map((value) => ({
      ...cardChoice(value, ARRANGE.templates[value]!),
      picture: templatePicture(value),
    })),
    "campfire",
  );
  return formOf({
    submit: W.submit,
    test: "start",
    fields: { name, purpose, tags, language, time_zone: timeZone },
    content: [
      name.element,
      purpose.element,
      template.element,
      visibility.element,
      joining.element,
      tags.element,
      h("div", { class: "pair" }, language.element, timeZone.element),
    ],
    run: async () => {
      if (name.input.value.trim() === "") {
        name.wrong(W.nameMissing);
        name.input.focus();
        return;
      }
      const started = await startGroup({
        name: name.input.value,
        purpose: purpose.input.value,
        tags: tagsOf(tags.input.value),
        language: language.input.value,
        time_zone: timeZone.input.value,
        visibility: visibility.value(),
        joining: joining.value(),
        template: template.value(),
      });
      done(started);
    },
  });
}

function result({ group, room, invite }: Started): HTMLElement[] {
  const base = `/g/${group.slug}`;
  const link = new URL(invite.link, location.origin).href;
  return [
    section(
      W.doneInvite,
      "step",
      h("p", { class: "quiet" }, W.doneInviteHelp),
      copyBox(link, "invite-link"),
      h("details", {}, h("summary", {}, W.doneQr), qrPicture(link, W.qrLabel)),
    ),
    section(
      W.doneNorms,
      "step",
      h("p", { class: "quiet" }, W.doneNormsHelp),
      h("ol", { class: "norm-list" }, ...group.norms.items.map(({ text }) => h("li", {}, text))),
      linkButton(`${base}/norms`, W.doneEdit),
    ),
    section(
      W.doneRoom,
      "step",
      group.visibility === "listed" && h("p", { class: "quiet" }, W.doneListed),
      h(
        "div",
        { class: "row" },
        linkButton(`/r/${room.id}`, W.doneEnter(room.name), "button next"),
        linkButton(`${base}/rooms/${room.id}`, W.doneArrange),
      ),
    ),
    h("div", {}, linkButton(base, W.doneGroup)),
  ];
}
