"""The built web client, served from memory. Reads no file that the build did not make.

Memory, because a disk read per request would stall the loop that moves the rooms; compressed
once, because compressing per request would too. A rebuild is noticed by its index.html.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hearth_server.api import pages

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
MAX_FILE_BYTES = 32 * 1024 * 1024
_COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg", "model/gltf")

# What the operating system's table knows varies; what the client needs does not.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".glb": "model/gltf-binary",
    ".ogg": "audio/ogg",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str
    cache: str


class WebClient:
    """The files of `folder` (what Vite wrote), or a helpful page when there are none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[int, int] | None = None
        self._files: dict[str, _File] = {}
        self._known: dict[str, Path] = {}

    def index(self, request: Request) -> Response:
        """Answer with index.html, whatever the path: the client reads it."""
        if not self._fresh():
            return HTMLResponse(
                pages.not_built(), status_code=503, headers={"cache-control": "no-store"}
            )
        return self._answer(request, "index.html")

    def file(self, request: Request, path: str) -> Response | None:
        """Answer with a built file, or None if there is none of this name."""
        if not self._fresh() or path not in self._known:
            return None
        return self._answer(request, path)

    def _fresh(self) -> bool:
        """Look whether the build changed; return whether there is one."""
        try:
            stat = (self._folder / "index.html").stat()
        except OSError:
            self._stamp, self._files, self._known = None, {}, {}
            return False
        if (stamp := (stat.st_mtime_ns, stat.st_size)) != self._stamp:
            self._stamp, self._files = stamp, {}
            # Only names found here are ever opened: no path of a request touches the disk.
            self._known = {
                path.relative_to(self._folder).as_posix(): path
                for path in self._folder.rglob("*")
                if path.is_file() and not path.name.startswith(".")
            }
        return True

    def _answer(self, request: Request, path: str) -> Response:
        file = self._files.get(path)
        if file is None:
            file = self._files[path] = _load(self._known[path], path)
        headers = {"etag": file.etag, "cache-control": file.cache, "vary": "accept-encoding"}
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(file.zipped, headers=headers, media_type=file.media_type)
        return Response(file.body, headers=headers, media_type=file.media_type)


def _load(source: Path, path: str) -> _File:
    body = source.read_bytes()
    media_type = _TYPES.get(source.suffix) or mimetypes.guess_type(path)[0] or ""
    media_type = media_type or "application/octet-stream"
    zipped = None
    if media_type.startswith(_COMPRESSIBLE) and 512 < len(body) < MAX_FILE_BYTES:
        zipped = gzip.compress(body, 6, mtime=0)
    # Vite puts a hash of the content into the name of everything below assets/.
    cache = IMMUTABLE if path.startswith("assets/") else REVALIDATE
    return _File(body, zipped, media_type, f'"{hashlib.sha256(body).hexdigest()[:20]}"', cache)
