"""The community's API: a router for each part, behind one check against other sites."""

from collections.abc import Iterable

from fastapi import Depends, FastAPI, Request, params
from fastapi.routing import APIRoute

from hearth_server.api.answers import refusals
from hearth_server.api.declared import Routes
from hearth_server.api.events.attending import attending_routers
from hearth_server.api.events.calendar import EventsApi
from hearth_server.api.events.feeds import FeedsApi
from hearth_server.api.events.preview import PreviewApi
from hearth_server.api.groups import groups_routers
from hearth_server.api.identity import identity_routers
from hearth_server.api.moderation import moderation_routers
from hearth_server.api.people import CommunityParts
from hearth_server.api.plans import plans_routers
from hearth_server.api.rooms import rooms_routers
from hearth_server.api.talk import talk_routers
from hearth_server.services.talk.bundle import Talk


def add_community(app: FastAPI, parts: CommunityParts, talk: Talk) -> None:
    """Add every route of people, groups, rooms and talk.

    Talk comes first: a request is held against one route after the other, and people write and
    read more often than they do anything else.
    """

    # A coroutine, for a plain function would be called in another thread.
    async def same_site(request: Request) -> None:
        parts.people.check_origin(request)

    routers = (
        *talk_routers(parts, talk),
        *groups_routers(parts),
        *rooms_routers(parts),
        *identity_routers(parts),
        *moderation_routers(parts),
        *plans_routers(parts),
        EventsApi(parts).router(),
        PreviewApi(parts).router(),
        FeedsApi(parts).router(),
        *attending_routers(parts),
    )
    _add_flat(app, routers, Depends(same_site))


def _add_flat(app: FastAPI, parts: Iterable[Routes], dependency: params.Depends) -> None:
    """Add the routes themselves.

    The framework looks through an included router twice on each level, which was two fifths of
    what it costs to keep a line.
    """
    for routes in parts:
        for each in routes:
            app.router.add_api_route(
                "/api/v1" + each.path, each.endpoint, dependencies=[dependency], **each.options
            )
            made = app.router.routes[-1]
            assert isinstance(made, APIRoute)
            if made.body_field is not None:
                # Before any endpoint is asked: what is no JSON, and what is too large.
                made.responses = {**refusals(400, 413), **made.responses}
