/**
 * Where the focus goes when what had it goes away: to the nearest heading that is left, not to the
 * top of the page, which would send whoever uses a keyboard or listens back to the beginning.
 */

const isNowhere = () => document.activeElement === null || document.activeElement === document.body;

/** Remember where the focus is; call what comes back once that may be gone. */
export function keepFocus(within: Element = document.body): () => void {
  const chain: HTMLElement[] = [];
  for (let at = document.activeElement; at !== null; at = at.parentElement) {
    if (at instanceof HTMLElement) chain.push(at);
    if (at === within) break;
  }
  return () => {
    if (!isNowhere()) return;
    for (const each of chain) {
      const heading = each.isConnected ? headingIn(each) : undefined;
      if (heading === undefined) continue;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      return;
    }
  };
}

function headingIn(element: HTMLElement): HTMLElement | undefined {
  const all = [...element.querySelectorAll<HTMLElement>("h1, h2, h3")];
  return all.find((heading) => heading.checkVisibility());
}

/** Keep the focus inside an element while its content is drawn anew; returns the way to stop. */
export function holdFocus(element: HTMLElement): () => void {
  let had: HTMLElement | null = null;
  let back = () => {};
  const noted = () => {
    had = document.activeElement as HTMLElement;
    back = keepFocus(element);
  };
  // Runs once all of a change is done: whoever gives the focus to something better comes first.
  const changes = new MutationObserver((records) => {
    if (had === null || !isNowhere()) return;
    const taken = records.some(({ removedNodes }) =>
      [...removedNodes].some((node) => node.contains(had)),
    );
    // What was only moved within a list loses the focus as well.
    if (taken && had.isConnected) had.focus({ preventScroll: true });
    else if (taken) back();
  });
  element.addEventListener("focusin", noted);
  changes.observe(element, { childList: true, subtree: true });
  return () => {
    element.removeEventListener("focusin", noted);
    changes.disconnect();
  };
}
