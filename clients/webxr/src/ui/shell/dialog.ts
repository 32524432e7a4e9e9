/** Modal questions, on the browser's own dialog: Escape closes, focus stays inside and comes back. */
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import { keepFocus } from "./focus";
import { SH } from "./strings";

let count = 0;

export interface DialogLook {
  /** In the colours of a room, over its picture. */
  evening?: boolean | undefined;
  test?: string;
}

/** Open a dialog around some content; call `close` to end it. Resolves once it is closed. */
export function openDialog(
  title: string,
  content: (close: () => void) => Child[],
  look: DialogLook = {},
): { element: HTMLDialogElement; closed: Promise<void> } {
  const id = `dialog-${++count}`;
  const body = h("div", { class: "stack" });
  const dialog = h(
    "dialog",
    {
      class: look.evening ? "dialog evening" : "dialog",
      attrs: { "aria-labelledby": id, "data-test": look.test },
    },
    h("h2", { attrs: { id } }, title),
    body,
  );
  fill(body, ...content(() => dialog.close()));
  // Letters typed here are not shortcuts of the page behind.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  // What opened it may be gone by then.
  const back = keepFocus();
  const closed = new Promise<void>((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      back();
      resolve();
    });
  });
  document.body.append(dialog);
  dialog.showModal();
  return { element: dialog, closed };
}

interface Question {
  title: string;
  /** What it will cause. */
  words: string;
  yes: string;
  danger?: boolean;
  /** More to fill in before saying yes. */
  extra?: HTMLElement;
  /** Carries it out; a rejection is shown and the dialog stays open. */
  run(): Promise<void>;
}

/** Ask before something that cannot be taken back; true once it was done. */
export async function confirmDialog(question: Question): Promise<boolean> {
  let done = false;
  const problem = h("p", { class: "small wrong-text", attrs: { role: "alert", hidden: true } });
  const { closed } = openDialog(question.title, (close) => {
    const yes = h(
      "button",
      {
        class: question.danger ? "button danger" : "button next",
        attrs: { type: "button", "data-test": "confirm" },
      },
      question.yes,
    );
    yes.addEventListener("click", () => {
      if (yes.getAttribute("aria-busy") === "true") return;
      yes.setAttribute("aria-busy", "true");
      problem.hidden = true;
      question.run().then(
        () => {
          done = true;
          close();
        },
        (error: Error) => {
          yes.removeAttribute("aria-busy");
          fill(problem, icon("wrong"), " ", error.message);
          problem.hidden = false;
        },
      );
    });
    const no = h(
      "button",
      { class: "button", attrs: { type: "button", autofocus: true }, on: { click: close } },
      SH.cancel,
    );
    return [
      h("p", {}, question.words),
      question.extra,
      problem,
      h("div", { class: "row" }, no, yes),
    ];
  });
  await closed;
  return done;
}
