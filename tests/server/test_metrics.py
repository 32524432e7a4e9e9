import re
from pathlib import Path

from hearth_server.metrics import Metrics

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "metrics.md"


def sample(metrics: Metrics, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", metrics.render().decode(), re.M)
    assert found, name
    return float(found[1])


def test_sums_of_a_tick_are_added_at_once() -> None:
    metrics = Metrics()
    metrics.bytes_out.inc(1500)
    metrics.bytes_out.inc(500)
    metrics.snapshots_sent.inc(40)
    metrics.tick_duration_s.observe(0.004)
    assert sample(metrics, 'hearth_bytes_total{direction="out"}') == 2000
    assert sample(metrics, 'hearth_snapshots_total{outcome="sent"}') == 40
    assert sample(metrics, 'hearth_tick_duration_seconds_bucket{le="0.003"}') == 0
    assert sample(metrics, 'hearth_tick_duration_seconds_bucket{le="0.005"}') == 1


def test_reasons_are_counted_and_zeros_make_no_line() -> None:
    metrics = Metrics()
    metrics.input_rejected.add_all({"non_finite": 3, "bad_quaternion": 0})
    metrics.input_rejected.add("non_finite")
    assert sample(metrics, 'hearth_input_rejected_total{reason="non_finite"}') == 4
    assert "bad_quaternion" not in metrics.render().decode()


def test_kernel_counters_are_read_only_when_asked() -> None:
    metrics = Metrics()
    asked = []

    def read() -> dict[str, int]:
        asked.append(1)
        return {"pairs_examined": 7}

    metrics.count_kernels(read)
    before = len(asked)
    assert sample(metrics, 'hearth_kernel_total{what="pairs_examined"}') == 7
    assert len(asked) == before + 1


def test_nodes_share_no_numbers() -> None:
    first, second = Metrics(), Metrics()
    first.joins.inc()
    assert sample(second, "hearth_joins_total") == 0


def test_the_page_explains_every_metric_and_no_other() -> None:
    rendered = Metrics().render().decode()
    published = set(re.findall(r"^# TYPE (hearth_\w+)", rendered, re.M))
    explained = set(re.findall(r"^\| `(hearth_\w+)", PAGE.read_text("utf-8"), re.M))
    assert explained == published
