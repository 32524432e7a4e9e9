/** Draws what somebody wrote: links, mentions and emphasis as elements, all words as text nodes. */
import { piecesOf } from "../../state/rich-text";
import { type Child, h } from "../dom";

/** The text as nodes. `me` is one's own handle, to mark where one is meant. */
export function rich(text: string, me: string): Child[] {
  return piecesOf(text).map((piece) => {
    switch (piece.kind) {
      case "link":
        return h(
          "a",
          {
            attrs: {
              href: piece.href,
              target: "_blank",
              rel: "noopener noreferrer nofollow ugc",
              title: piece.host,
            },
          },
          piece.text,
        );
      case "emphasis":
        return h(piece.strong ? "strong" : "em", {}, piece.text);
      case "mention":
        return h(
          "span",
          { class: piece.handle === me && me !== "" ? "mention me" : "mention" },
          piece.text,
        );
      default:
        return piece.text;
    }
  });
}
