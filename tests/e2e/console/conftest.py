"""A class of three, with its host's console open: the same node and pages for a file of tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.classroom import PEOPLE, Classroom, Studio, running_studio
from tests.e2e.community import shown
from tests.e2e.conftest import ARTIFACTS, Visitor


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running_studio(tmp_path_factory.mktemp("studio")) as running:
        yield running


@pytest.fixture(scope="module")
def room(studio: Studio, browser: Browser) -> Iterator[Classroom]:
    """Three people are in the room, each on a page without a picture."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    classroom = Classroom(studio, browser)
    for name in PEOPLE:
        classroom.come(name)
    yield classroom
    classroom.close()


@pytest.fixture
def ada(room: Classroom) -> Iterator[Visitor]:
    """Who leads the class that just opened its doors; the console is open."""
    host = room.guests["Ada"]
    room.begin(host)
    shown(host.page, "lead-next").wait_for()
    yield host
    room.end(host)


@pytest.fixture
def bo(room: Classroom) -> Visitor:
    return room.guests["Bo"]


@pytest.fixture
def cy(room: Classroom) -> Visitor:
    return room.guests["Cy"]
