/** Recovery codes, shown once: to copy, to download, to print. */
import { h } from "../dom";
import { icon } from "../icons";
import { act, card, checkRow } from "../shell";
import { copyText } from "../shell/copy";
import { A } from "../strings-account";

const W = A.codes;

/** Build it; `done` is called once the person says that they kept them. */
export function codesPart(codes: readonly string[], handle: string, done: () => void): HTMLElement {
  const text = `${W.fileHead(handle, location.host)}${codes.join("\n")}\n`;
  const kept = checkRow(W.kept, false);
  kept.input.dataset.test = "codes-kept";
  const goOn = act(W.goOn, done, { cls: "button next big", test: "codes-done" });
  goOn.disabled = true;
  kept.input.addEventListener("change", () => {
    goOn.disabled = !kept.input.checked;
  });
  const shown = card(
    W.title,
    h("p", {}, W.lead),
    h(
      "ol",
      { class: "codes", attrs: { "aria-label": W.list, "data-test": "codes" } },
      ...codes.map((code) => h("li", {}, h("code", {}, code))),
    ),
    h(
      "div",
      { class: "row not-printed" },
      act(W.copy, () => void copyText(codes.join("\n"), { failed: W.copyFailed })),
      act(W.download, () => download(text)),
      act(W.print, () => window.print()),
    ),
    h("div", { class: "stack not-printed" }, kept.element, goOn),
  );
  shown.classList.add("printed");
  shown.querySelector("h2")?.prepend(icon("safe"), " ");
  return shown;
}

function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = h("a", { attrs: { href: address, download: W.file } });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
