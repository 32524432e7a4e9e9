"""Routes of poses: the library, and what a group added to it."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from hearth_protocol.limits import POSE_ID_LENGTH
from hearth_server.api.answers import CHANGING, GroupRef, ItemsOut, answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import Budgets, take
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.plans.pose_models import PoseIn, PoseOut
from hearth_server.api.problems import Refused, ok
from hearth_server.community.accounts import Caller
from hearth_server.community.poses import Pose
from hearth_server.errors import Refusal
from hearth_server.services.plans.library import library
from hearth_server.services.plans.poses import GroupPoses

PoseRef = Annotated[
    str,
    Path(
        description="A pose's id.",
        examples=["heron"],
        min_length=1,
        max_length=POSE_ID_LENGTH,
        pattern=r"^[a-z][a-z0-9-]*$",
    ),
]
CHANGES: Final = Budgets(Budget.PLAN)
_UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "Not Modified"},
}


class PosesApi:
    """Shows poses, and lets groups add their own."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._people = parts.people
        self._poses = GroupPoses(parts.services)
        self._library = _Tagged(_shown(list(library().poses.values()), own=False))

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("poses")
        router.add(
            "/poses",
            self.listing,
            summary="The poses of the library; ask again with the ETag",
            response_model=ItemsOut[PoseOut],
            responses=_UNCHANGED,
        )
        router.add(
            "/groups/{group}/poses",
            self.of_group,
            summary="The library and the group's own poses; ask again with the ETag",
            response_model=ItemsOut[PoseOut],
            responses={**_UNCHANGED, **refusals(401, 403, 404, 422)},
        )
        router.add(
            "/groups/{group}/poses/{pose_id}",
            self.put,
            methods=["PUT"],
            summary="Add a pose to the group's own, or change it",
            response_model=PoseOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            "/groups/{group}/poses/{pose_id}",
            self.drop,
            methods=["DELETE"],
            status_code=204,
            summary="Take a pose of the group's own away",
            response_class=Response,
            responses=refusals(401, 403, 404, 409, 422, 429),
        )
        return router

    async def listing(self, request: Request) -> Response:
        """Show the library."""
        return self._library.answer(request)

    async def of_group(self, group: GroupRef, request: Request) -> Response:
        """Show what a group's cues may name."""
        caller = await self._people.caller(request)
        found = ok(await self._poses.listing(group, caller))
        items = [*_shown(found.library, own=False), *_shown(found.own, own=True)]
        return _Tagged(items).answer(request)

    async def put(
        self, group: GroupRef, pose_id: PoseRef, body: PoseIn, request: Request
    ) -> Response:
        """Keep a pose of the group's own."""
        caller = await self._changing(request)
        if body.id != pose_id:
            text = f"The pose calls itself {body.id!r} and is sent as {pose_id!r}. Make them one."
            raise Refused(Refusal("pose_refused", text))
        kept = ok(await self._poses.put(group, caller, body.pose()))
        return answer(PoseOut.of(kept, "", own=True))

    async def drop(self, group: GroupRef, pose_id: PoseRef, request: Request) -> Response:
        """Take a pose away."""
        caller = await self._changing(request)
        ok(await self._poses.drop(group, caller, pose_id))
        return done()

    async def _changing(self, request: Request) -> Caller:
        caller = await self._people.member(request)
        take(self._parts, CHANGES, request, caller)
        return caller


class _Tagged:
    """A list that whoever has it already need not be sent again."""

    def __init__(self, items: Sequence[BaseModel]) -> None:
        self._body = ItemsOut(items=list(items)).model_dump_json().encode()
        self._tag = f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'

    def answer(self, request: Request) -> Response:
        headers = {"etag": self._tag, "cache-control": "private, no-cache"}
        known = request.headers.get("if-none-match", "")
        # A proxy that compresses says W/ before a tag.
        if self._tag in (each.strip().removeprefix("W/") for each in known.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(self._body, headers=headers, media_type="application/json")


def _shown(poses: Sequence[Pose], *, own: bool) -> list[PoseOut]:
    families = library().families
    return [PoseOut.of(pose, families.get(pose.id, ""), own=own) for pose in poses]
