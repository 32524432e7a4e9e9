"""Friends, blocks, mutes, and one's personal boundary."""

from typing import Annotated, Literal, Self

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hearth_protocol.limits import BOUNDARY_MAX_M, BOUNDARY_MIN_M
from hearth_server.api.answers import Id, answer, done, example, refusals
from hearth_server.api.cards import CardOut
from hearth_server.api.declared import Routes
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.limits import Budget
from hearth_server.api.problems import ok
from hearth_server.community.accounts import Boundary, BoundaryMode
from hearth_server.ids import ID_PATTERN
from hearth_server.services.identity.ties import Whom


class FriendsOut(BaseModel):
    """Friends, those who asked, and those who were asked."""

    friends: list[CardOut]
    incoming: list[CardOut]
    outgoing: list[CardOut]


class BoundaryModel(BaseModel):
    """Towards whom one's personal boundary holds, and how wide it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mode": "non_friends", "radius_m": 0.6}]},
        extra="forbid",
    )

    mode: BoundaryMode
    radius_m: float = Field(ge=BOUNDARY_MIN_M, le=BOUNDARY_MAX_M, allow_inf_nan=False)


class SafetyOut(BaseModel):
    """How one keeps others off."""

    boundary: BoundaryModel
    blocks: list[CardOut]
    mutes: list[CardOut]


class SafetyRequest(BaseModel):
    """A change of one's personal boundary."""

    model_config = example(boundary={"mode": "all", "radius_m": 1.0})

    boundary: BoundaryModel


class WhomRequest(BaseModel):
    """A person: by account, or as a participant of the room one is in."""

    model_config = example(account="k3jq5yw2mzr7ahtc")

    account: Annotated[str, Field(pattern=ID_PATTERN)] | None = None
    room: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9-]+$")] | None = None
    participant: Annotated[int, Field(ge=1, le=2**32 - 1)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        present = (self.room is not None, self.participant is not None)
        if self.account is not None and not any(present):
            return self
        if self.account is None and all(present):
            return self
        raise PydanticCustomError("whom", "should have either account, or room and participant")

    def whom(self) -> Whom:
        """Return who is meant."""
        return Whom(self.account, self.room, self.participant)


class TiesApi:
    """The routes of relations."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("people")
        add = router.add
        add(
            "/me/friends",
            self.friends,
            summary="Friends and requests",
            response_model=FriendsOut,
            responses=refusals(401, 403),
        )
        add(
            "/me/safety",
            self.safety,
            summary="Boundary, blocks and mutes",
            response_model=SafetyOut,
            responses=refusals(401),
        )
        add(
            "/me/safety",
            self.set_safety,
            methods=["PATCH"],
            summary="Change one's personal boundary",
            response_model=SafetyOut,
            responses=refusals(401, 422),
        )
        for path, put, drop, words in (
            ("friends", self.ask_friend, self.drop_friend, ("Ask or accept", "Drop")),
            ("blocks", self.block, self.unblock, ("Block somebody", "Unblock")),
            ("mutes", self.mute, self.unmute, ("Mute somebody for oneself", "Unmute")),
        ):
            add(
                f"/me/{path}",
                put,
                methods=["POST"],
                summary=words[0],
                status_code=204,
                responses=refusals(401, 403, 404, 409, 422, 429),
            )
            add(
                f"/me/{path}/{{account}}",
                drop,
                methods=["DELETE"],
                summary=words[1],
                status_code=204,
                responses=refusals(401, 403, 422),
            )
        return router

    async def friends(self, request: Request) -> Response:
        """List friends and requests."""
        desk = self._desk
        found = await desk.ties.friends(await desk.people.member(request))
        return answer(
            FriendsOut(
                friends=[CardOut.of(card) for card in found.friends],
                incoming=[CardOut.of(card) for card in found.incoming],
                outgoing=[CardOut.of(card) for card in found.outgoing],
            )
        )

    async def ask_friend(self, body: WhomRequest, request: Request) -> Response:
        """Ask somebody, or accept one who asked."""
        desk = self._desk
        caller = await desk.people.member(request)
        desk.take(Budget.FRIEND, request)
        ok(await desk.ties.ask_friend(caller, body.whom()))
        return done()

    async def drop_friend(self, account: Id, request: Request) -> Response:
        """End a friendship, decline a request, or take one's own back."""
        desk = self._desk
        await desk.ties.drop_friend(await desk.people.member(request), account)
        return done()

    async def safety(self, request: Request) -> Response:
        """Tell how one keeps others off."""
        return await self._shown(request)

    async def set_safety(self, body: SafetyRequest, request: Request) -> Response:
        """Change one's personal boundary; it holds in the rooms at once."""
        desk = self._desk
        boundary = Boundary(body.boundary.mode, round(body.boundary.radius_m, 3))
        await desk.ties.set_boundary(await desk.people.anybody(request), boundary)
        return await self._shown(request)

    async def block(self, body: WhomRequest, request: Request) -> Response:
        """Keep somebody and oneself apart, everywhere, both ways, now."""
        desk = self._desk
        ok(await desk.ties.block(await desk.people.anybody(request), body.whom()))
        return done()

    async def unblock(self, account: Id, request: Request) -> Response:
        """Take a block back."""
        desk = self._desk
        await desk.ties.unblock(await desk.people.anybody(request), account)
        return done()

    async def mute(self, body: WhomRequest, request: Request) -> Response:
        """Do not hear somebody any more."""
        desk = self._desk
        ok(await desk.ties.mute(await desk.people.anybody(request), body.whom()))
        return done()

    async def unmute(self, account: Id, request: Request) -> Response:
        """Hear somebody again."""
        desk = self._desk
        await desk.ties.unmute(await desk.people.anybody(request), account)
        return done()

    async def _shown(self, request: Request) -> Response:
        desk = self._desk
        safety = await desk.ties.safety(await desk.people.anybody(request))
        mode: Literal["off", "non_friends", "all"] = safety.boundary.mode
        return answer(
            SafetyOut(
                boundary=BoundaryModel(mode=mode, radius_m=safety.boundary.radius_m),
                blocks=[CardOut.of(card) for card in safety.blocks],
                mutes=[CardOut.of(card) for card in safety.mutes],
            )
        )
