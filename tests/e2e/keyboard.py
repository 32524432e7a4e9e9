"""Somebody who uses the keyboard alone: every stop on the way must show where the focus is.

Nothing has the focus on a page that was just opened, in a room that was just entered, and once
after the last stop of a page, before Tab begins at the first again. Anywhere else that is a fault:
whoever listens or types starts over at the top of the page.
"""

from playwright.sync_api import Page

#: More stops than this between two things on a page are no way anybody would go.
FAR_STOPS = 120
#: What has the focus, and how that shows: its own outline or its label's or card's.
LOOK = """
() => {
  const at = document.activeElement;
  if (at === null || at === document.body || at.tagName === 'HTML') return null;
  const box = (e) => e.getBoundingClientRect();
  const ring = (e) => {
    const style = getComputedStyle(e);
    const width = parseFloat(style.outlineWidth);
    const seen = style.outlineStyle !== 'none' && width >= 2
      && !/rgba\\([^)]*, 0\\)|transparent/.test(style.outlineColor);
    const {width: w, height: h, top, left, bottom, right} = box(e);
    const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    return seen && w > 4 && h > 4 && inside;
  };
  let ringed = null;
  // A box that is drawn by what stands beside it shows its ring there.
  if (at.nextElementSibling !== null && ring(at.nextElementSibling)) ringed = 'beside';
  for (let e = at, up = 0; e !== null && up < 3 && ringed === null; e = e.parentElement, up++) {
    if (ring(e)) ringed = e.tagName;
  }
  return {
    html: at.cloneNode(false).outerHTML.slice(0, 160),
    text: (at.getAttribute('aria-label') ?? at.innerText ?? '').trim().slice(0, 60),
    visible: at.matches(':focus-visible'),
    ringed,
  };
}
"""
#: Whether this page was not looked at before: it was opened, or loaded anew.
OPENED = """
() => {
  const opened = window.__lookedAt === undefined;
  window.__lookedAt = true;
  return opened;
}
"""
#: Whether no stop of Tab comes after the one that has the focus, on the page or in its dialog.
LAST = """
() => {
  const at = document.activeElement;
  const scope = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  const group = (e) => [...scope.querySelectorAll(`input[name="${e.name}"]`)];
  const stops = [...scope.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true}))
    .filter((e) => e.type !== 'radio' || e.checked || !group(e).some((each) => each.checked));
  const after = Node.DOCUMENT_POSITION_FOLLOWING;
  return !stops.some((e) => e !== at && at.compareDocumentPosition(e) & after);
}
"""


class Keys:
    """A keyboard at a page. There is no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._may_be_nowhere = True

    def arrived(self) -> None:
        """Say that one came to another place without a new page: into a room."""
        self._may_be_nowhere = True

    def on_something(self, after: str = "") -> None:
        """Assert that something has the focus."""
        assert self.page.evaluate(LOOK) is not None, f"nothing has the focus after {after}"

    def look(self) -> str:
        """Assert that one sees where the focus is; return what has it, "" for nothing."""
        found = self.page.evaluate(LOOK)
        if found is None:
            return ""
        assert found["visible"], f"the browser shows no focus on {found}"
        assert found["ringed"], f"no one sees the focus on {found}"
        return str(found["html"])

    def to(self, selector: str, key: str = "Tab") -> None:
        """Press Tab until something has the focus, looking at every stop on the way."""
        self.page.locator(selector).first.wait_for(state="attached")
        if not self.page.evaluate(OPENED) and not self._may_be_nowhere:
            self.on_something(f"what led to {selector}")
        self._may_be_nowhere = False
        for _ in range(FAR_STOPS):
            here = "(s) => document.activeElement?.matches(s) ?? false"
            if self.page.evaluate(here, selector):
                self.look()
                return
            last = self.page.evaluate(LAST)
            before = self.page.evaluate(LOOK)
            self.page.keyboard.press(key)
            assert self.look() != "" or last, f"{key} leads nowhere from {before}"
        raise AssertionError(f"Tab does not lead to {selector}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, selector: str, text: str) -> None:
        """Go to a field and type."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def push(self, selector: str, key: str = "Enter") -> None:
        """Go to a button, a link or a box and press it."""
        self.to(selector)
        self.page.keyboard.press(key)

    def choose(self, selector: str, key: str = "ArrowDown") -> None:
        """Go to a group of choices, and along it with the arrows to the one that is meant."""
        name = self.page.locator(selector).first.get_attribute("name")
        chosen = f"input[name='{name}']:checked"
        self.to(chosen)
        for _ in range(20):
            if self.page.locator(selector).first.is_checked():
                self.look()
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"the arrows do not lead to {selector}")

    def text(self, test: str) -> str:
        """Read what the page marks for tests."""
        found = self.page.locator(f"[data-test={test}]").first
        found.wait_for()
        return found.inner_text()
