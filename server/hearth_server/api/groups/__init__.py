"""The API of groups: start, find, join, members, norms, invites."""

from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import GroupsDesk
from hearth_server.api.groups.joining import JoiningGroupsApi
from hearth_server.api.groups.members import MembersApi
from hearth_server.api.groups.norms import NormsApi
from hearth_server.api.groups.pages import GroupPagesApi
from hearth_server.api.people import CommunityParts


def groups_routers(parts: CommunityParts) -> list[Routes]:
    """Return the routes of groups."""
    desk = GroupsDesk(parts)
    apis = (GroupPagesApi, JoiningGroupsApi, MembersApi, NormsApi)
    return [api(desk).router() for api in apis]
