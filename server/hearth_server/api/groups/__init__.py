"""The API of groups: start, find, join, members, norms, invites."""

from fastapi import APIRouter

from hearth_server.api.groups.desk import GroupsDesk
from hearth_server.api.groups.joining import JoiningGroupsApi
from hearth_server.api.groups.members import MembersApi
from hearth_server.api.groups.norms import NormsApi
from hearth_server.api.groups.pages import GroupPagesApi
from hearth_server.api.people import CommunityParts


def groups_router(parts: CommunityParts) -> APIRouter:
    """Return the routes of groups."""
    desk = GroupsDesk(parts)
    router = APIRouter(tags=["groups"])
    for routes in (GroupPagesApi, JoiningGroupsApi, MembersApi, NormsApi):
        router.include_router(routes(desk).router())
    return router
