"""The community's API: a router for each part, behind one check against other sites."""

from fastapi import APIRouter, Depends

from hearth_server.api.groups import groups_router
from hearth_server.api.identity import identity_router
from hearth_server.api.moderation import moderation_router
from hearth_server.api.people import CommunityParts
from hearth_server.api.rooms import rooms_router
from hearth_server.api.talk import talk_router
from hearth_server.services.talk.bundle import Talk


def community_router(parts: CommunityParts, talk: Talk) -> APIRouter:
    """Return every route of people, groups, rooms and talk."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(parts.people.check_origin)])
    router.include_router(identity_router(parts))
    router.include_router(groups_router(parts))
    router.include_router(moderation_router(parts))
    router.include_router(rooms_router(parts))
    router.include_router(talk_router(parts, talk))
    return router
