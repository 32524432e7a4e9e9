"""A real node, a real Chromium and an emulated headset for the browser tests."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.support.node import Node, running_node

ROOT = Path(__file__).parents[2]
IWER = ROOT / "clients/webxr/node_modules/iwer/build/iwer.min.js"
ARTIFACTS = ROOT / "artifacts" / "e2e"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
PICTURE_TRIES = 5
#: Installs the emulator over Chromium's own WebXR, which has no device to offer. Before each
#: picture it asks the context for its clear values, and the page would stand still until all that
#: was asked of the software renderer before is drawn; the page remembers them instead.
EMULATE_QUEST = """
{
  const gl = WebGL2RenderingContext.prototype, asked = gl.getParameter, remembered = new WeakMap();
  const initial = {[gl.COLOR_CLEAR_VALUE]: new Float32Array(4), [gl.DEPTH_CLEAR_VALUE]: 1,
                   [gl.STENCIL_CLEAR_VALUE]: 0};
  const of = (context) => {
    if (!remembered.has(context)) remembered.set(context, {...initial});
    return remembered.get(context);
  };
  const remember = (name, what, value) => {
    const set = gl[name];
    gl[name] = function (...given) {
      of(this)[what] = value(given);
      return set.apply(this, given);
    };
  };
  remember("clearColor", gl.COLOR_CLEAR_VALUE, (given) => new Float32Array(given));
  remember("clearDepth", gl.DEPTH_CLEAR_VALUE, ([depth]) => depth);
  remember("clearStencil", gl.STENCIL_CLEAR_VALUE, ([stencil]) => stencil);
  gl.getParameter = function (what) {
    return what in initial ? of(this)[what] : asked.call(this, what);
  };
}
const device = new IWER.XRDevice(IWER.metaQuest3, {stereoEnabled: true});
device.installRuntime({forceInstall: true});
device.position.set(0, 1.6, 0);
window.__xr = device;
"""


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    config = tmp_path_factory.mktemp("config") / "hearth.toml"
    config.write_text(
        '[[rooms]]\nid = "campfire"\nname = "Campfire"\n'
        '[[rooms]]\nid = "gathering"\nname = "A gathering"\ncapacity = 80\n'
    )
    with running_node(tmp_path_factory.mktemp("data"), "--config", str(config)) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Node]:
    """A node of the test's own, with nobody in it yet."""
    with running_node(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = subprocess.run(
        [ROOT / ".ci/chromium"], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert found, "No Chromium was found. `make test` installs it; or set HEARTH_CHROMIUM."
    assert IWER.exists(), "The headset emulator is missing. Run `make setup`."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found, headless=True, args=CHROMIUM_FLAGS
        )
        yield launched
        launched.close()


class Visitor:
    """Somebody with a browser: a page of its own, its own storage, and the errors it saw."""

    def __init__(self, context: BrowserContext, name: str) -> None:
        self.context = context
        self.name = name
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.set_default_timeout(30_000)

    def join(self, node: Node, room: str = "campfire", query: str = "") -> None:
        """Open the room's link, fill in the name, and enter."""
        self.page.goto(f"{node.url}/r/{room}{query}")
        self.page.fill("[data-test=name]", self.name)
        self.page.click("[data-test=enter]")
        self.wait("__hearth.phase === 'live'")

    def wait(self, condition: str, timeout_ms: int = 30_000) -> None:
        """Wait until a JavaScript expression holds in the page."""
        self.page.wait_for_function(f"() => {condition}", timeout=timeout_ms)

    def me(self) -> int:
        """The participant id of this visitor."""
        identity: int = self.page.evaluate("__hearth.me")
        return identity

    def sees(self, other: "Visitor", timeout_ms: int = 30_000) -> None:
        """Wait until the other's avatar is drawn here."""
        self.wait(f"__hearth.drawn({other.me()}) !== null", timeout_ms)

    def empty_the_set(self) -> None:
        """Stop drawing the place, but not the people: software rendering is slow with trees."""
        self.page.evaluate("__hearth.stage.space.root.visible = false")

    def dress_the_set(self) -> None:
        """Draw the place again."""
        self.page.evaluate("__hearth.stage.space.root.visible = true")
        self.page.wait_for_timeout(1_000)

    def screenshot(self, name: str) -> None:
        """Keep a picture as a test artefact."""
        for tries_left in reversed(range(PICTURE_TRIES)):
            try:
                self.page.screenshot(path=str(ARTIFACTS / f"{name}.png"))
                return
            except Error as error:
                # While several rooms are drawn in software, the browser may give up on one.
                if "Unable to capture" not in str(error) or tries_left == 0:
                    raise
            self.page.wait_for_timeout(500)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open visitors: `visitor("Ash")`, `visitor("Bo", headset=True)`."""
    opened: list[Visitor] = []

    def open_visitor(
        name: str,
        headset: bool = False,
        quality: str = "low",
        width: int = 400,
        height: int = 240,
        **options: object,
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            **options,  # type: ignore[arg-type]
        )
        # Software rendering: what is not about the picture draws the simplest one.
        context.add_init_script(
            f"localStorage['hearth.settings'] ??= JSON.stringify({{quality: '{quality}'}})"
        )
        if headset:
            context.add_init_script(path=str(IWER))
            context.add_init_script(EMULATE_QUEST)
        guest = Visitor(context, name)
        opened.append(guest)
        return guest

    yield open_visitor
    for guest in opened:
        errors = list(guest.errors)
        guest.context.close()
        assert errors == [], f"{guest.name}'s page threw"
