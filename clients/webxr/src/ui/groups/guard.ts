/** Asks before a page goes with something unsaved on it. */
import { confirmDialog } from "../shell";

/** What is asked: a title, what is lost, and the yes. */
interface GuardWords {
  leave: string;
  leaveText: string;
  leaveYes: string;
}

/** Ask before the window goes with unsaved changes; within the site a click asks, too. */
export function guard(words: GuardWords, unsaved: () => boolean): () => void {
  const leave = (event: BeforeUnloadEvent) => {
    if (unsaved()) event.preventDefault();
  };
  let sure = false;
  const click = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || sure || !unsaved() || link.target !== "") return;
    event.preventDefault();
    event.stopPropagation();
    void confirmDialog({
      title: words.leave,
      words: words.leaveText,
      yes: words.leaveYes,
      danger: true,
      run: async () => {
        sure = true;
      },
    }).then((yes) => {
      if (yes) link.click();
    });
  };
  window.addEventListener("beforeunload", leave);
  document.addEventListener("click", click, true);
  return () => {
    window.removeEventListener("beforeunload", leave);
    document.removeEventListener("click", click, true);
  };
}
