"""The stream of news for a page that is open: server-sent events (HTML standard, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from hearth_server.api.answers import refusals
from hearth_server.api.declared import Routes
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import ok
from hearth_server.api.talk.models import LineOut, RoomPresenceOut
from hearth_server.services.announcer import EventNews
from hearth_server.services.talk.bundle import Talk
from hearth_server.services.talk.news import (
    CountsNews,
    FriendsNews,
    LineNews,
    Listener,
    ModerationNews,
    News,
    NewsDesk,
    PresenceNews,
)

#: Proxies close what says nothing for a minute; most of them after that.
HEARTBEAT_S: Final = 15.0
#: How long a stream that has to end may take to say so.
_LAST_WORDS_S: Final = 5.0
_HEADERS: Final = {
    "cache-control": "no-store",
    # nginx would collect the stream into buffers.
    "x-accel-buffering": "no",
}


class LiveApi:
    """The route of the stream."""

    def __init__(self, parts: CommunityParts, talk: Talk) -> None:
        self._people = parts.people
        self._news = talk.news

    def router(self) -> Routes:
        """Return the route, documented for OpenAPI."""
        router = Routes("talk")
        router.add(
            "/live",
            self.live,
            summary="News of one's groups as server-sent events",
            response_class=StreamingResponse,
            responses={
                200: {
                    "description": "`line`, `presence`, `counts`, `moderation`, `friends`, `event`",
                    "content": {"text/event-stream": {"schema": {"type": "string"}}},
                },
                **refusals(401, 429),
            },
        )
        return router

    async def live(self, request: Request) -> Response:
        """Tell what is new, until the page goes away or may hear no more."""
        caller = await self._people.anybody(request)
        listener = ok(await self._news.listen(caller))
        return _LiveResponse(self._news, listener)


class _LiveResponse(StreamingResponse):
    """A stream that is left however it ends, also when its first byte was never asked for."""

    def __init__(self, news: NewsDesk, listener: Listener) -> None:
        body = stream(news, listener, HEARTBEAT_S)
        super().__init__(body, media_type="text/event-stream", headers=_HEADERS)
        self._news = news
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the page goes away, may hear no more, or does not read."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as deadline:
                self._listener.on_end(lambda: deadline.reschedule(loop.time() + _LAST_WORDS_S))
                await super().__call__(scope, receive, send)
        except TimeoutError:
            # The connection is full: returning with the answer unfinished closes it.
            return
        finally:
            self._news.leave(self._listener)


async def stream(desk: NewsDesk, listener: Listener, heartbeat_s: float) -> AsyncIterator[bytes]:
    """Yield a listener's news as events, and a comment now and then so that nobody hangs up."""
    try:
        yield b": hello\n\n"
        while True:
            news = await listener.next(heartbeat_s)
            if news is not None:
                yield event(news)
            elif desk.expired(listener):
                return
            else:
                yield b": still here\n\n"
    finally:
        desk.leave(listener)


def event(news: News) -> bytes:
    """Return one piece of news as it goes over the wire."""
    match news:
        case LineNews(group_id, line):
            return _event("line", {"group": group_id, "line": _json(LineOut.of(line))})
        case PresenceNews(group_id, rooms):
            shown = [_json(RoomPresenceOut.of(room)) for room in rooms]
            return _event("presence", {"group": group_id, "rooms": shown})
        case CountsNews(group_id, unread, mentions):
            return _event("counts", {"group": group_id, "unread": unread, "mentions": mentions})
        case ModerationNews(group_id):
            return _event("moderation", {"group": group_id})
        case FriendsNews():
            return _event("friends", {})
        case EventNews():
            return _event("event", event_data(news))


def event_data(news: EventNews) -> dict[str, object]:
    """Return what a page is told of an occurrence."""
    return {
        "group": news.group_id,
        "event": news.event_id,
        "original": news.original,
        "what": news.what,
        "title": news.title,
        "starts_ms": news.starts_ms,
        "room": news.room,
    }


def _event(kind: str, data: dict[str, object]) -> bytes:
    # JSON escapes line feeds, so one `data` line holds it all.
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _json(model: BaseModel) -> dict[str, object]:
    return model.model_dump()
