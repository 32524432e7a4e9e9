"""The API of talk: lines of channels, presence, and news as they come."""

from hearth_server.api.declared import Routes
from hearth_server.api.people import CommunityParts
from hearth_server.api.talk.lines import LinesApi
from hearth_server.api.talk.live import LiveApi
from hearth_server.services.talk.bundle import Talk


def talk_routers(parts: CommunityParts, talk: Talk) -> list[Routes]:
    """Return the routes of talk."""
    return [LinesApi(parts, talk).router(), LiveApi(parts, talk).router()]
