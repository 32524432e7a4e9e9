"""Scenario files: the shipped ones load, a bad one says what to change."""

from pathlib import Path

import pytest

from hearth_loadtest.admission import Target
from hearth_loadtest.errors import UsageFault
from hearth_loadtest.scenario import load_scenario, presets


def test_the_presets_are_shipped() -> None:
    assert presets() == ["circle", "class", "plaza"]
    for name in presets():
        scenario = load_scenario(name)
        assert scenario.name == name
        assert scenario.summary
        assert sum(part.share for part in scenario.parts) == pytest.approx(1.0)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "market.toml"
    path.write_text(
        'name = "market"\nplacement = "plaza"\nneighbours = 5\n'
        '[[bodies]]\nposture = "standing"\nwalking = true\n'
    )
    scenario = load_scenario(str(path))
    assert (scenario.name, scenario.neighbours) == ("market", 5.0)
    assert scenario.with_neighbours(9).neighbours == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "scenario"),
        ('name = "x"\nplacement = "moon"\n', "placement"),
        ('name = "x"\nplacement = "plaza"\n', "bodies"),
        ('name = "x"\nplacement = "plaza"\n[[bodies]]\nposture = "flying"\n', "posture"),
        (
            'name = "x"\nplacement = "plaza"\n[[bodies]]\nposture = "seated"\nshare = 0\n',
            "shares",
        ),
    ],
)
def test_a_bad_file_says_what_to_change(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(UsageFault, match=says):
        load_scenario(str(path))


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(UsageFault, match="circle, class, plaza"):
        load_scenario("disco")


def test_addresses() -> None:
    target = Target.parse("http://127.0.0.1:8460/")
    assert (target.host, target.port) == ("127.0.0.1", 8460)
    assert target.socket_url("/rt") == "ws://127.0.0.1:8460/rt"
    assert Target.parse("http://[::1]:9").socket_url("/rt") == "ws://[::1]:9/rt"
    for bad in ("https://hearth.example", "ftp://x", "http://x/path"):
        with pytest.raises(UsageFault):
            Target.parse(bad)
