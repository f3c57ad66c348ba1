"""A way to a Chroma server that gives up in time. Apart, because chromadb takes a second to import."""

from urllib.parse import urlsplit

from chromadb.api import ServerAPI
from chromadb.api.client import Client
from chromadb.api.fastapi import FastAPI
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings


class PatientClient(Client):
    """Chroma's own waits for ever, and has asked the server three things before it can be told not to."""

    def __init__(self, url: str, seconds: float) -> None:
        place = urlsplit(url)
        is_safe = place.scheme == "https"
        settings = Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=place.hostname or "localhost",
            chroma_server_http_port=place.port or (443 if is_safe else 8000),
            chroma_server_ssl_enabled=is_safe,
        )
        SharedSystemClient.__init__(self, settings)
        server = self._server = self._system.instance(ServerAPI)  # type: ignore[type-abstract]
        if isinstance(server, FastAPI):
            server._session.timeout = seconds
