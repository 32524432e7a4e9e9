"""Routes of a group's norms."""

from fastapi import Request
from fastapi.responses import Response

from hearth_server.api.answers import CHANGING, GroupRef, ItemsOut, answer, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import GroupsDesk
from hearth_server.api.groups.models import GroupPageOut
from hearth_server.api.groups.norms_models import NormsIn, NormsOut, SignatureIn
from hearth_server.api.problems import Refused, ok
from hearth_server.community.norms import NormItem, Signature
from hearth_server.errors import Refusal
from hearth_server.services.groups.agreeing import Draft


class NormsApi:
    """The routes of norms."""

    def __init__(self, desk: GroupsDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("groups")
        router.add(
            "/groups/{group}/norms",
            self.norms,
            summary="The norms in force",
            response_model=NormsOut,
            responses=refusals(404, 422),
        )
        router.add(
            "/groups/{group}/norms",
            self.change,
            methods=["PUT"],
            summary="Put other norms in force",
            response_model=NormsOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/norms/sign",
            self.sign,
            methods=["POST"],
            summary="Sign the norms that one has read",
            response_model=GroupPageOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/norms/history",
            self.history,
            summary="The versions there were, newest first",
            response_model=ItemsOut[NormsOut],
            responses=refusals(404, 422),
        )
        return router

    async def norms(self, group: GroupRef, request: Request) -> Response:
        """Show the norms."""
        caller = await self._desk.people.caller(request)
        norms = ok(await self._desk.agreeing.norms(group, caller))
        if norms is None:
            raise Refused(Refusal("not_found", "This group has no norms yet."))
        return answer(NormsOut.of(norms))

    async def change(self, group: GroupRef, body: NormsIn, request: Request) -> Response:
        """Change the norms. A material change asks everybody to sign again as they come next."""
        caller = await self._desk.people.member(request)
        items = [NormItem(item.text, item.mechanism) for item in body.items]
        draft = Draft(body.version, items, body.material, body.note)
        return answer(NormsOut.of(ok(await self._desk.agreeing.change(group, draft, caller))))

    async def sign(self, group: GroupRef, body: SignatureIn, request: Request) -> Response:
        """Sign exactly what was read; a hash of another text is refused."""
        caller = await self._desk.people.anybody(request)
        signature = Signature(body.version, body.hash)
        standing = ok(await self._desk.agreeing.sign(group, signature, caller))
        page = ok(await self._desk.pages.page(standing.group.id, caller))
        return answer(GroupPageOut.shown(page))

    async def history(self, group: GroupRef, request: Request) -> Response:
        """Show what the norms were."""
        caller = await self._desk.people.caller(request)
        versions = ok(await self._desk.agreeing.history(group, caller))
        return answer(ItemsOut[NormsOut](items=[NormsOut.of(each) for each in versions]))
