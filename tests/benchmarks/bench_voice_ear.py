"""From mouth to ear in Chromium: through Hearth's own client and server, beside a direct call.

Two pages of one browser meet in a room. The same clicks leave the talker by Hearth's voice and by
an RTCPeerConnection straight to the other page, and arrive in one audio graph there, so that each
click measures the difference by itself, to the sample and without any clock. Both receivers ask
for no waiting (`jitterBufferTarget = 0`, as Hearth's client does). What the talker's client does
with a microphone counts; what comes after a receiver's track (loudness, direction) would be the
same for both and does not. `python -m tests.benchmarks.bench_voice_ear`.
"""

import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.benchmarks.bench_voice import CROWD_CORE, PLANE_CORE, ROOT, Cell, Options
from tests.benchmarks.voice_rows import alone, settle
from tests.e2e.conftest import CHROMIUM_FLAGS, Visitor
from tests.support.node import Node, running_node, wait_until_voice_is_ready

#: Bar: median through the server ≤ median direct + so much.
ADDED_MS = 12.0
#: A worker that stands in line longer than this says nothing of Hearth.
BUSY = 0.01
CLICKS = 16
PERIOD_MS = 400.0
#: A click is looked for so long after it left; later ones are lost.
WITHIN_MS = 350.0
SETTLE_MS = 6_000
CALM_MS = 1_500
FLAGS = [
    *CHROMIUM_FLAGS,
    # The direct call needs addresses that the other page can use without multicast.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--allow-loopback-in-peer-connection",
]
ROOM = """
[[rooms]]
id = "near"
name = "Near"
[[rooms.spawn_points]]
x = -1.0
z = 3.0
[[rooms.spawn_points]]
x = 1.0
z = 3.0
"""
#: A microphone: 4 ms of noise every `PERIOD_MS` over a faint floor, and when each of them leaves.
MOUTH = """
navigator.mediaDevices.getUserMedia = async () => {
  if (window.__mouth) return window.__mouth.stream;
  const context = new AudioContext({sampleRate: 48000, latencyHint: 'interactive'});
  await context.resume();
  const out = context.createMediaStreamDestination();
  const buffer = context.createBuffer(1, 48 * PERIOD, 48000);
  const data = buffer.getChannelData(0);
  for (let i = 0; i < data.length; i++) data[i] = (Math.random() - 0.5) * 0.012;
  for (let i = 0; i < 192; i++) data[i] = i % 2 ? 0.9 * Math.random() : -0.9 * Math.random();
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.loop = true;
  source.connect(out);
  const begin = context.currentTime + 0.1;
  source.start(begin);
  window.__mouth = {stream: out.stream, leaves: () => {
    const at = context.getOutputTimestamp();
    return performance.timeOrigin + at.performanceTime + (begin - at.contextTime) * 1000;
  }};
  return out.stream;
};
""".replace("PERIOD", str(int(PERIOD_MS)))
OFFER = """async () => {
  const pc = window.__direct = new RTCPeerConnection();
  const mouth = await navigator.mediaDevices.getUserMedia({audio: true});
  for (const track of mouth.getTracks()) pc.addTrack(track.clone(), mouth);
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise(done => {
    if (pc.iceGatheringState === 'complete') return done();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
    setTimeout(done, 3000);
  });
  return pc.localDescription.sdp;
}"""
ANSWER = """async sdp => {
  const pc = window.__direct = new RTCPeerConnection();
  window.__heard = new Promise(done => pc.ontrack = e => done(e.track));
  await pc.setRemoteDescription({type: 'offer', sdp});
  for (const receiver of pc.getReceivers()) receiver.jitterBufferTarget = 0;
  await pc.setLocalDescription(await pc.createAnswer());
  await new Promise(done => {
    if (pc.iceGatheringState === 'complete') return done();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
    setTimeout(done, 3000);
  });
  return pc.localDescription.sdp;
}"""
#: Notes the frame at which a click begins on either input.
EAR = """
registerProcessor('ear', class extends AudioWorkletProcessor {
  constructor() { super(); this.since = [48000, 48000]; }
  process(inputs) {
    for (let path = 0; path < 2; path++) {
      const data = inputs[path][0];
      if (!data) continue;
      for (let i = 0; i < data.length; i++) {
        if (Math.abs(data[i]) > 0.1) {
          if (this.since[path] > 9600) this.port.postMessage([path, currentFrame + i]);
          this.since[path] = 0;
        } else this.since[path]++;
      }
    }
    return true;
  }
});
"""
LISTEN = """async ([ear, other]) => {
  const context = new AudioContext({sampleRate: 48000, latencyHint: 'interactive'});
  await context.resume();
  await context.audioWorklet.addModule(
    URL.createObjectURL(new Blob([ear], {type: 'text/javascript'})));
  const node = new AudioWorkletNode(context, 'ear', {numberOfInputs: 2, numberOfOutputs: 1});
  const slot = __hearth.voice.slots.find(s => s.participant === other).slot;
  const ours = __hearth.voice.pc.getTransceivers()[1 + slot].receiver;
  const tracks = [await window.__heard, ours.track];
  const clicks = window.__clicks = [[], []];
  window.__kept = tracks.map((track, path) => {
    const stream = new MediaStream([track]);
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    element.play();
    const source = context.createMediaStreamSource(stream);
    source.connect(node, 0, path);
    return [element, source];
  });
  node.port.onmessage = ({data: [path, frame]}) => {
    const at = context.getOutputTimestamp();
    const ms = performance.timeOrigin + at.performanceTime;
    clicks[path].push([frame / 48, ms + (frame / 48000 - at.contextTime) * 1000]);
  };
  node.connect(context.destination);
  return [ours.jitterBufferTarget, slot];
}"""
STATS = """async () => {
  const found = {};
  for (const [name, pc] of [['direct', window.__direct], ['hearth', __hearth.voice.pc]])
    for (const [, s] of await pc.getStats())
      if (s.type === 'inbound-rtp' && s.packetsReceived > 0) found[name] = {
        packets: s.packetsReceived, lost: s.packetsLost, concealed: s.concealedSamples,
        jitterBufferMs: 1000 * s.jitterBufferDelay / s.jitterBufferEmittedCount};
  return found;
}"""


@dataclass(frozen=True)
class Heard:
    """What one meeting measured."""

    #: Milliseconds from the talker's graph to the listener's, per click, both ways of travel.
    direct_ms: list[float]
    hearth_ms: list[float]
    #: How much later the same click came through the server, ms.
    added_ms: list[float]
    #: The browser's own account of both receivers.
    stats: dict[str, Any]
    #: Share of the time that a thread of the worker stood in line for its core: noise.
    waited: float


def waited_s(worker: int) -> float:
    """Return how long the threads of a process were ready to run and did not (Linux)."""
    return sum(
        int(path.read_text().split()[1]) / 1e9
        for path in Path(f"/proc/{worker}/task").glob("*/schedstat")
    )


def worker_of(node: Node) -> int:
    """Return the process id of a node's voice worker: its nursery's child."""
    pid = node.process.pid
    for _ in range(2):
        (pid,) = (
            int(child)
            for path in Path(f"/proc/{pid}/task").glob("*/children")
            for child in path.read_text().split()
        )
    return pid


def chromium() -> str | None:
    """Return where the browser is, if there is one."""
    found = subprocess.run([ROOT / ".ci/chromium"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def _guest(browser: Browser, node: Node, name: str) -> tuple[BrowserContext, Visitor]:
    # The listener's detector comes from nowhere; the page's policy would not have it.
    context = browser.new_context(viewport={"width": 320, "height": 200}, bypass_csp=True)
    context.add_init_script(
        f"localStorage['hearth.settings'] ??= '{json.dumps({'quality': 'low'})}'"
    )
    context.add_init_script(MOUTH)
    guest = Visitor(context, name)
    guest.join(node, room="near")
    return context, guest


def _direct(talker: Page, listener: Page) -> None:
    answer = listener.evaluate(ANSWER, talker.evaluate(OFFER))
    talker.evaluate("sdp => __direct.setRemoteDescription({type: 'answer', sdp})", answer)
    listener.wait_for_function("__direct.connectionState === 'connected'")


def meet(browser: Browser, node: Node, clicks: int) -> Heard:
    """Let two people meet, and listen to so many clicks of one of them both ways."""
    contexts, (ash, bo) = zip(*(_guest(browser, node, name) for name in ("Ash", "Bo")), strict=True)
    try:
        bo.sees(ash)
        for guest in (ash, bo):
            guest.wait("__hearth.voice.phase === 'connected'")
            # Drawing in software takes the processor from everybody, the server included.
            guest.page.evaluate("__hearth.stage.renderer.render = () => {}")
        bo.page.wait_for_timeout(CALM_MS)
        _direct(ash.page, bo.page)
        ash.page.click("[data-test=mic]")
        ash.wait("__hearth.voice.mic.server === 'on'")
        bo.wait(f"__hearth.voice.slots.some(s => s.participant === {ash.me()})")
        target, _ = bo.page.evaluate(LISTEN, [EAR, ash.me()])
        assert target == 0, "the client no longer asks for the least waiting: compare alike"
        bo.page.wait_for_timeout(SETTLE_MS)
        bo.page.evaluate("__clicks.forEach(list => list.length = 0)")
        before_s, worker = waited_s(worker_of(node)), worker_of(node)
        bo.page.wait_for_timeout(PERIOD_MS * (clicks + 1.5))
        waited = (waited_s(worker) - before_s) / (PERIOD_MS * (clicks + 1.5) / 1000)
        leaves_ms = ash.page.evaluate("__mouth.leaves()")
        direct, hearth = bo.page.evaluate("__clicks")
        added = _pairs(direct, hearth)
        stats = bo.page.evaluate(STATS)

        def ages(all_clicks: list[list[float]]) -> list[float]:
            return [(click[1] - leaves_ms) % PERIOD_MS for click in all_clicks]

        return Heard(ages(direct), ages(hearth), added, stats, waited)
    finally:
        for context in contexts:
            context.close()


def _pairs(direct: list[Any], hearth: list[Any]) -> list[float]:
    """Return how much later each click, (frame time in ms, …), came by the second way."""
    added = []
    for at_ms, *_ in hearth:
        beside = min((ms for ms, *_ in direct), key=lambda ms: abs(at_ms - ms), default=None)
        if beside is not None and abs(at_ms - beside) < WITHIN_MS / 2:
            added.append(at_ms - beside)
    return added


def measure(options: Options) -> list[Heard]:
    """Meet a few times; each has a fresh pair of connections."""
    both = {PLANE_CORE, CROWD_CORE}
    os.sched_setaffinity(0, both)
    quiet = settle(options)
    meetings: list[Heard] = []
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        config = Path(kept) / "hearth.toml"
        config.write_text(ROOM)
        # A server shares no core with a browser where it matters, and must not wait for one here.
        os.sched_setaffinity(0, {CROWD_CORE})
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        os.sched_setaffinity(0, {PLANE_CORE})
        with running_node(Path(kept), "--config", str(config), "--voice-port", "0") as node:
            wait_until_voice_is_ready(node)
            for _ in range(options.rounds):
                heard = meet(browser, node, CLICKS)
                meetings.append(heard)
                print(
                    f"  direct {statistics.median(heard.direct_ms):.1f} ms  "
                    f"hearth {statistics.median(heard.hearth_ms):.1f} ms  "
                    f"added {statistics.median(heard.added_ms):+.1f} ms "
                    f"({len(heard.added_ms)} clicks)  {heard.stats}  "
                    f"worker waited {heard.waited:.1%}  quiet {quiet:.2f}",
                    flush=True,
                )
        browser.close()
        os.sched_setaffinity(0, both)
    return meetings


def row_ear(options: Options) -> list[Cell]:
    """From one page's audio graph to another's, beside a direct call."""
    if chromium() is None:
        return [
            Cell(
                "From mouth to ear in Chromium",
                "**not measured: no Chromium; `.ci/apt-install chromium`, or set HEARTH_CHROMIUM**",
                f"≤ direct + {ADDED_MS:.0f} ms",
                False,
                None,
            )
        ]
    meetings = measure(options)

    def p50(name: str) -> float:
        return float(statistics.median([ms for heard in meetings for ms in getattr(heard, name)]))

    clicks = sum(len(heard.added_ms) for heard in meetings)
    added = p50("hearth_ms") - p50("direct_ms")
    waited = max(heard.waited for heard in meetings)
    noise = (
        f"; **the worker waited {waited:.0%} of the time for its core**" if waited > BUSY else ""
    )
    least, most = (
        choose(statistics.median(heard.added_ms) for heard in meetings) for choose in (min, max)
    )
    return [
        Cell(
            "From mouth to ear in Chromium, graph to graph, beside a direct call of the same pages",
            f"p50 {p50('hearth_ms'):.1f} ms, direct {p50('direct_ms'):.1f} ms: {added:+.1f} ms; "
            f"the same click comes {p50('added_ms'):+.1f} ms later (median of {clicks}; "
            f"{least:+.1f} to {most:+.1f} in {len(meetings)} meetings){noise}",
            f"≤ direct + {ADDED_MS:.0f} ms",
            max(added, p50("added_ms")) <= ADDED_MS and clicks >= 10,
            [asdict(heard) for heard in meetings],
        )
    ]


if __name__ == "__main__":
    alone("ear", row_ear)
