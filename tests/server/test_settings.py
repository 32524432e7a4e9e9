from pathlib import Path

import pytest

from hearth_server.settings import ConfigFault, Settings, load_settings
from hearth_server.settings.reference import reference_page

DOCS = Path(__file__).parents[2] / "docs" / "operations"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEARTH_PORT", "HEARTH_CONFIG", "HEARTH_HOST", "HEARTH_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "hearth.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_are_a_campfire_for_this_machine() -> None:
    settings = load_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8460)
    assert [room.id for room in settings.rooms] == ["campfire"]
    assert settings.loopback_only
    assert not settings.https


def test_flags_beat_environment_beats_file_beats_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, 'port = 1\ntick_rate = 30\nlog_format = "json"')
    monkeypatch.setenv("HEARTH_PORT", "2")
    monkeypatch.setenv("HEARTH_TICK_RATE", "40")
    settings = load_settings({"port": 3}, path)
    assert (settings.port, settings.tick_rate) == (3, 40)
    assert (settings.log_format, settings.neighbours) == ("json", 32)


def test_the_environment_may_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTH_CONFIG", str(write(tmp_path, "port = 77")))
    assert load_settings({}).port == 77


def test_rooms_come_from_the_file(tmp_path: Path) -> None:
    text = """
    [[rooms]]
    id = "yoga"
    name = "Morning yoga"
    capacity = 16
    bounds = { min = [-10, 0, -10], max = [10, 4, 10] }
    spawn_points = [{ x = 0, z = 4 }, { x = 2, z = 4, yaw_deg = 20 }]
    [[rooms]]
    id = "quiet-1"
    """
    yoga, quiet = load_settings({}, write(tmp_path, text)).rooms
    assert (yoga.title, yoga.capacity, yoga.spawn_points[1].yaw_deg) == ("Morning yoga", 16, 20)
    assert (quiet.title, quiet.capacity, len(quiet.spawn_points)) == ("quiet-1", 50, 12)


def test_lan_opens_the_default_host_and_speaks_https() -> None:
    settings = load_settings({"lan": True})
    assert settings.bind_host == "0.0.0.0"
    assert settings.https
    assert not settings.loopback_only
    assert load_settings({"lan": True, "host": "10.0.0.5"}).bind_host == "10.0.0.5"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example.org", False),
    ],
)
def test_only_loopback_counts_as_this_machine(host: str, loopback: bool) -> None:
    assert load_settings({"host": host}).loopback_only is loopback


@pytest.mark.parametrize(
    ("text", "key", "fix"),
    [
        ("port = 99999", "port", "port = 8460"),
        ('port = "eighty"', "port", "port = 8460"),
        ("prot = 8460", "prot", "did you mean 'port'?"),
        ("xyzzy = 1", "xyzzy", "remove it"),
        ("tick_rate = 5", "tick_rate", "tick_rate = 20"),
        ('log_level = "loud"', "log_level", "'info'"),
        ('cert = "c.pem"', "cert", "set key too"),
        ('cert = "c.pem"\nkey = "k.pem"', "cert", "correct the path"),
        ('trusted_proxies = "proxy.lan"', "trusted_proxies", "no address or network"),
        ('public_url = "hearth.org"', "public_url", "https://hearth.example.org"),
        ('operator_key = "hunter2"', "operator_key", "at-least-16-characters"),
        ("rooms = []", "rooms", "Fix"),
        ('[[rooms]]\nid = "A b"', "rooms[0].id", 'id = "campfire"'),
        ('[[rooms]]\nname = "Yoga"', "rooms[0].id", "is missing"),
        ('[[rooms]]\nid = "a"\ncapcity = 3', "rooms[0].capcity", "did you mean 'capacity'?"),
        ('[[rooms]]\nid = "a"\ncapacity = 0', "rooms[0].capacity", "capacity = 50"),
        ('[[rooms]]\nid = "a"\nspace = "moon"', "rooms[0].space", 'space = "campfire"'),
        ('[[rooms]]\nid = "a"\n[[rooms]]\nid = "a"', "rooms", "its own id"),
        (
            '[[rooms]]\nid = "a"\nbounds = { min = [1, 0, 0], max = [0, 1, 1] }',
            "rooms[0].bounds",
            "min must be below max on x",
        ),
        (
            '[[rooms]]\nid = "a"\nbounds = { min = [-999, 0, 0], max = [0, 1, 1] }',
            "rooms[0].bounds",
            "within ±131 m",
        ),
        (
            '[[rooms]]\nid = "a"\nspawn_points = [{ x = 99, z = 0 }]',
            "rooms[0]",
            "outside the bounds",
        ),
        ("port = \nhost = 1", "line 1", "not valid TOML"),
    ],
)
def test_a_bad_file_is_one_line_with_key_and_fix(
    tmp_path: Path, text: str, key: str, fix: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigFault) as caught:
        load_settings({}, path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    assert key in line
    assert fix in line
    assert "Fix: " in line


def test_a_fault_names_flag_or_variable_when_it_came_from_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConfigFault, match=r"^--tick-rate: "):
        load_settings({"tick_rate": 1})
    monkeypatch.setenv("HEARTH_PORT", "none")
    with pytest.raises(ConfigFault, match=r"^HEARTH_PORT: "):
        load_settings({})


def test_a_variable_that_should_be_json_and_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTH_ROOMS", "[oops")
    with pytest.raises(ConfigFault, match=r"^HEARTH_ROOMS: is not valid JSON\. Fix: "):
        load_settings({})


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_an_unreadable_file_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigFault, match="Fix: "):
        load_settings({}, tmp_path / name)


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(ConfigFault) as caught:
        load_settings({"operator_key": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = load_settings({"operator_key": "correct horse battery"})
    assert "battery" not in settings.model_dump_json()
    assert "battery" not in repr(settings)


def test_proxies_may_be_a_list_or_a_line(tmp_path: Path) -> None:
    line = load_settings({"trusted_proxies": "10.0.0.0/8, ::1"})
    table = load_settings({}, write(tmp_path, 'trusted_proxies = ["10.0.0.0/8", "::1"]'))
    assert line.trusted_proxies == table.trusted_proxies == ("10.0.0.0/8", "::1")


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_reference_page_is_current() -> None:
    written = (DOCS / "settings.md").read_text("utf-8")
    assert written == reference_page(), (
        "run: hearth config --reference > docs/operations/settings.md"
    )


def test_the_example_on_the_reference_page_works(tmp_path: Path) -> None:
    example = reference_page().split("```toml\n")[1].split("```")[0]
    assert len(load_settings({}, write(tmp_path, example)).rooms) == 2
