"""Verdicts: thresholds, the refusal of a late generator, and exit codes scripts rely on."""

import pytest

from hearth_loadtest.errors import UsageFault
from hearth_loadtest.verdict import DEFAULT_SLO, Exit, Verdict, judge, parse_slo

GOOD = {"delivered": 0.99, "p99": 60.0, "failed": 0.0}


def test_a_good_run_passes() -> None:
    judgement = judge(parse_slo(DEFAULT_SLO), GOOD, lag_p99_ms=3.0, missed_ratio=0.0)
    assert judgement.verdict is Verdict.PASS
    assert judgement.breached == ()
    assert Exit.of(judgement.verdict) == 0


@pytest.mark.parametrize(
    ("quantity", "value"), [("delivered", 0.949), ("p99", 100.0), ("failed", 0.011)]
)
def test_each_threshold_can_be_breached(quantity: str, value: float) -> None:
    judgement = judge(parse_slo(DEFAULT_SLO), {**GOOD, quantity: value}, 3.0, 0.0)
    assert judgement.verdict is Verdict.FAIL
    assert len(judgement.breached) == 1
    assert quantity in judgement.breached[0]
    assert Exit.of(judgement.verdict) == 99


@pytest.mark.parametrize(("lag_ms", "missed"), [(20.1, 0.0), (1.0, 0.011)])
@pytest.mark.parametrize("delivered", [0.99, 0.5])
def test_a_late_generator_gives_no_verdict(lag_ms: float, missed: float, delivered: float) -> None:
    judgement = judge(parse_slo(DEFAULT_SLO), {**GOOD, "delivered": delivered}, lag_ms, missed)
    assert judgement.verdict is Verdict.GENERATOR_BOUND
    assert judgement.notes
    assert Exit.of(judgement.verdict) == 3


def test_units_are_understood() -> None:
    limits = {t.quantity: t.limit for t in parse_slo("delivered >= 97.5%, p99<0.1s,p50<=30ms")}
    assert limits == {"delivered": 0.975, "p99": 100.0, "p50": 30.0}


@pytest.mark.parametrize("text", ["", "p99", "p99<", "speed>3", "p99=3", "p99<3kg", "p99<3,,"])
def test_an_slo_that_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageFault, match="delivered>=95%"):
        parse_slo(text)
