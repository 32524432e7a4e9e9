/** Who asks to join, with what they wrote; accepted or declined by whoever may. */
import { answerRequest, type JoinRequest, joinRequests } from "../../net/groups";
import { h } from "../dom";
import { act, ago, confirmDialog, emptyState, pager, personCard, run, section } from "../shell";
import { GA } from "../strings-group-admin";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";

const W = GA.members;

export function requestsPart(part: GroupPart): HTMLElement {
  const list = pager<JoinRequest>({
    load: (cursor) => joinRequests(part.group.id, cursor),
    row: (request) => row(part, request),
    empty: emptyState("enter", W.requestsEmpty, W.requestsEmptyHelp),
    label: W.requests,
  });
  const element = section(W.requests, "requests-part", list.element);
  element.id = "requests";
  return element;
}

function row(part: GroupPart, request: JoinRequest): HTMLElement {
  const { id, person, answer, created_ms } = request;
  const gone = () => element.remove();
  const accept = act(
    W.accept,
    (button) =>
      void run(button, async () => {
        await answerRequest(part.group.id, id, true);
        toast(W.accepted(person.name));
        gone();
      }),
    { cls: "button next", label: `${W.accept}: ${person.name}` },
  );
  const decline = act(
    W.decline,
    async () => {
      const done = await confirmDialog({
        title: W.declineTitle(person.name),
        words: W.declineText,
        yes: W.decline,
        danger: true,
        run: () => answerRequest(part.group.id, id, false),
      });
      if (!done) return;
      toast(W.declined(person.name));
      gone();
    },
    { label: `${W.decline}: ${person.name}` },
  );
  const element = personCard(
    person,
    [
      h("span", { class: "quiet small" }, W.asked(ago(created_ms))),
      h("span", { class: "answer" }, answer === "" ? W.noAnswer : answer),
    ],
    accept,
    decline,
  );
  return element;
}
