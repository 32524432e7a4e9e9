/** Of an event that repeats: is only this day meant, or all of them? */
import { h } from "../dom";
import { openDialog } from "../shell";
import { EV } from "../strings-events";

const W = EV.which;

/** Ask; null for neither. */
export async function askWhich(what: "edit" | "cancel"): Promise<"one" | "all" | null> {
  let chosen: "one" | "all" | null = null;
  const { closed } = openDialog(
    W.title,
    (close) => {
      const choice = (which: "one" | "all", words: string, help: string) =>
        h(
          "button",
          {
            class: "button choice",
            attrs: { type: "button", "data-test": `which-${which}` },
            on: {
              click: () => {
                chosen = which;
                close();
              },
            },
          },
          h("span", {}, h("strong", {}, words), h("span", { class: "small" }, help)),
        );
      return [
        h("p", { class: "quiet" }, W[what]),
        choice("one", W.one, W.oneHelp),
        choice("all", W.all, W.allHelp),
        h(
          "button",
          { class: "button plain", attrs: { type: "button" }, on: { click: close } },
          W.back,
        ),
      ];
    },
    { test: "which" },
  );
  await closed;
  return chosen;
}
