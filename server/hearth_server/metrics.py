"""Every number the node publishes at /metrics, in a registry of its own (no globals).

The hot path never touches this module: the ticker adds whole sums once per tick, connections
count into plain integers that the ticker collects.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

# A 20 Hz tick has 50 ms; the buckets are dense where a healthy node lives.
TICK_BUCKETS_S = (
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05,
    0.075, 0.1, 0.25, 0.5, 1.0,
)  # fmt: skip


class ByLabel:
    """A counter of one label whose children are looked up once, not per count."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._children: dict[str, Counter] = {}

    def add(self, label: str, amount: int = 1) -> None:
        """Count `amount` under `label`. Labels come from code, never from clients."""
        child = self._children.get(label)
        if child is None:
            child = self._children[label] = self._counter.labels(label)
        child.inc(amount)

    def add_all(self, amounts: Mapping[str, int]) -> None:
        """Count many labels at once, as a tick does; zeros cost nothing."""
        for label, amount in amounts.items():
            if amount:
                self.add(label, amount)


class _KernelCounters(Collector):
    """Reads counters that kernels keep in arrays, only when somebody asks."""

    def __init__(self) -> None:
        self.sources: list[Callable[[], Mapping[str, int]]] = []

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "hearth_kernel", "Work counted inside the kernels.", labels=["what"]
        )
        for read in self.sources:
            for what, value in read().items():
                family.add_metric([what], value)
        yield family


class Metrics:
    """The node's instruments. One per node; tests make their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # twice the lines, no reader
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._kernels = _KernelCounters()
        registry.register(self._kernels)

        self.tick_duration_s = Histogram(
            "hearth_tick_duration_seconds",
            "Time one tick took, writing included.",
            buckets=TICK_BUCKETS_S,
            registry=registry,
        )
        self.tick_lateness_s = Histogram(
            "hearth_tick_lateness_seconds",
            "How long after its due time a tick began.",
            buckets=TICK_BUCKETS_S,
            registry=registry,
        )
        self.ticks_missed = Counter(
            "hearth_ticks_missed", "Ticks left out because the node was late.", registry=registry
        )
        bytes_total = Counter(
            "hearth_bytes",
            "WebSocket bytes, frame headers included.",
            ["direction"],
            registry=registry,
        )
        self.bytes_in = bytes_total.labels("in")
        self.bytes_out = bytes_total.labels("out")
        messages = Counter(
            "hearth_messages",
            "WebSocket messages by direction and kind.",
            ["direction", "kind"],
            registry=registry,
        )
        self.poses_in = messages.labels("in", "pose")
        self.control_in = messages.labels("in", "control")
        self.control_out = messages.labels("out", "control")
        snapshots = Counter(
            "hearth_snapshots",
            "Snapshots due, by what became of them.",
            ["outcome"],
            registry=registry,
        )
        self.snapshots_sent = snapshots.labels("sent")
        self.snapshots_skipped = snapshots.labels("skipped")
        self.participants = Gauge(
            "hearth_participants", "People present over all rooms.", registry=registry
        )
        self.largest_room = Gauge(
            "hearth_largest_room_participants", "People in the fullest room.", registry=registry
        )
        self.rooms_open = Gauge("hearth_rooms_open", "Rooms open.", registry=registry)
        self.connections = Gauge(
            "hearth_connections", "WebSocket connections open.", registry=registry
        )
        self.joins = Counter("hearth_joins", "Participants seated.", registry=registry)
        self.resumes = Counter(
            "hearth_resumes", "Connections resumed in their place.", registry=registry
        )
        self.tickets_issued = Counter(
            "hearth_tickets_issued", "Tickets handed out over HTTP.", registry=registry
        )
        self.drops = ByLabel(
            Counter("hearth_drops", "Things not delivered, by why.", ["reason"], registry=registry)
        )
        self.closes = ByLabel(
            Counter("hearth_closes", "WebSocket connections closed.", ["reason"], registry=registry)
        )
        self.refusals = ByLabel(
            Counter("hearth_refusals", "Refusals over HTTP and wire.", ["code"], registry=registry)
        )
        self.voice = ByLabel(
            Counter("hearth_voice", "What the voice worker counted.", ["what"], registry=registry)
        )
        self.voice_ready = Gauge(
            "hearth_voice_ready", "1 while offers of voice are answered.", registry=registry
        )
        self.voice_peers = Gauge(
            "hearth_voice_peers", "People with a voice connection.", registry=registry
        )
        self.voice_restarts = Counter(
            "hearth_voice_restarts", "Voice workers started anew.", registry=registry
        )
        self.input_rejected = ByLabel(
            Counter(
                "hearth_input_rejected",
                "Frames and poses refused, by reason.",
                ["reason"],
                registry=registry,
            )
        )

    def count_kernels(self, read: Callable[[], Mapping[str, int]]) -> None:
        """Publish counters kept elsewhere; `read` is called at each scrape only."""
        self._kernels.sources.append(read)

    def render(self) -> bytes:
        """Return the Prometheus text exposition."""
        return generate_latest(self.registry)
