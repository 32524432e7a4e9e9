"""Open pages of a town's people, and what they are told."""

from hearth_server.api.talk.live import event
from hearth_server.community.accounts import Caller
from hearth_server.services.talk.bundle import Talk
from hearth_server.services.talk.news import Listener
from tests.support.groups import Town


async def listening(talk: Talk, here: Town, who: str) -> Listener:
    """Open a page of somebody's."""
    opened = await here.node.session(here.people[who])
    listener = await talk.news.listen(Caller(here.people[who], opened.session))
    assert isinstance(listener, Listener)
    return listener


async def heard(listener: Listener) -> list[str]:
    """Return everything that waits for a listener, as it would go over the wire."""
    found = []
    while (news := await listener.next(0.001)) is not None:
        found.append(event(news).decode())
    return found
