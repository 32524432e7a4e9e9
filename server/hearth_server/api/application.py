"""Puts the HTTP shell together: API, health, metrics, pages and the web client in one app."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.types import Receive, Scope, Send

from hearth_server.api.community import add_community
from hearth_server.api.door import Door
from hearth_server.api.guard import Guard
from hearth_server.api.joining import REALTIME_PATH, JoiningApi
from hearth_server.api.people import CommunityParts, People
from hearth_server.api.problems import Problems
from hearth_server.api.rooms.door import GroupDoor
from hearth_server.api.visitors import ApiParts, Visitor
from hearth_server.api.web import WebClient
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.talk.bundle import Talk

#: Addresses that the client reads itself; `clients/webxr/src/app/router.ts` has the same.
PAGES = (
    "/",
    "/sign-in",
    "/setup",
    "/invite",
    "/pair",
    "/me",
    "/me/{tab}",
    "/start",
    "/admin",
    "/admin/{tab}",
    "/g/{group}",
    "/g/{group}/{page}",
    "/g/{group}/rooms/{room}",
    "/g/{group}/events/new",
    "/e/{event}/edit",
    "/e/{event}/{occurrence}",
    "/e/{event}/{occurrence}/wait",
    "/plans/{plan}",
    "/r/{room_id}",
)


def build_application(
    parts: ApiParts,
    door: Door,
    web_folder: Path,
    services: ServiceParts | None = None,
    talk: Talk | None = None,
) -> Guard:
    """Return the ASGI application of a node's main port.

    Args:
        parts: what the HTTP shell works with.
        door: pages for the network around.
        web_folder: the built client.
        services: the community's use cases; without them there are the operator's rooms only.
        talk: the channels; made from `services` if not given.
    """
    app = FastAPI(
        title="Hearth",
        version=parts.version,
        summary="Rooms, and tickets to enter them. The rest is spoken on the WebSocket at /rt.",
        openapi_url="/api/v1/openapi.json",
        # The bundled pages for reading the schema load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems = Problems(parts.metrics)
    problems.install(app)
    if services is None:
        app.include_router(JoiningApi(parts, problems).router())
    else:
        community = CommunityParts(parts, services, problems, People(parts, services))
        talk = talk or Talk(services)
        door_of_groups = GroupDoor(community, talk.rooms.recent)
        app.include_router(JoiningApi(parts, problems, door_of_groups).router())
        add_community(app, community, talk)
    _add_health(app, parts, problems)
    app.router.routes.extend(door.routes())
    _add_client(app, WebClient(web_folder))
    return Guard(app)


def _add_health(app: FastAPI, parts: ApiParts, problems: Problems) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        return JSONResponse({"status": "alive"}, headers={"cache-control": "no-store"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        if (refusal := parts.readiness.unready()) is not None:
            return problems.refuse(refusal)
        return JSONResponse({"status": "ready"}, headers={"cache-control": "no-store"})

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        visitor = Visitor(parts, request)
        if not (parts.settings.open_metrics or visitor.address.local):
            if parts.settings.operator_key is None:
                return problems.refuse(
                    Refusal(
                        "forbidden",
                        "Metrics are for this machine only. Set operator_key or open_metrics.",
                    )
                )
            if (refusal := visitor.operator()) is not None:
                return problems.refuse(refusal)
        return Response(parts.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    @app.get(REALTIME_PATH, include_in_schema=False)
    async def realtime() -> Response:
        # Upgrades never come here once the node is ready: the WebSocket shell takes them.
        if (refusal := parts.readiness.unready()) is not None:
            return problems.refuse(refusal)
        return PlainTextResponse(
            "This address speaks WebSocket, subprotocol hearth.v1.\n",
            426,
            {"upgrade": "websocket"},
        )


def _add_client(app: FastAPI, client: WebClient) -> None:
    async def index(request: Request) -> Response:
        return client.index(request)

    for path in PAGES:
        app.add_api_route(path, index, methods=["GET", "HEAD"], include_in_schema=False)

    nothing = app.router.default

    # Files are what no route matched: a route for every path would hide wrong methods (405).
    async def file(scope: Scope, receive: Receive, send: Send) -> None:
        found = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            found = client.file(Request(scope), scope["path"].removeprefix("/"))
        await (found or nothing)(scope, receive, send)

    app.router.default = file
