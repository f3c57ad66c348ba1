"""The one door to the knowledge base. Everyone asks `knowledge_base()`; tests clear it with `close()`."""

import gc
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.utils.module_loading import import_string

from academy.core.database import let_go
from kb.build import build, discard, promote
from kb.build import chat_model as build_chat_model
from kb.config import Config
from kb.glossary import Glossary
from kb.knowledge_base import KnowledgeBase
from kb.ports import ChatModel, IndexUnavailable

logger = logging.getLogger(__name__)

# Seconds within which a Chroma server comes up
PATIENCE = 30
# Where no server is known: refused at once, so that whoever asks learns that the vectors are out of reach.
NOWHERE = "http://127.0.0.1:9"


# The collection written to and asked; another one only while the index is built anew.
_collection: ContextVar[str] = ContextVar("collection", default="")


def knowledge_base() -> KnowledgeBase:
    collection = _collection.get() or settings.KNOWLEDGE_BASE["collection"]
    return _speaking(_vectors_url(), collection, import_string(settings.GLOSSARY)())


@lru_cache(maxsize=2)
def _speaking(url: str | None, collection: str, glossary: Glossary) -> KnowledgeBase:
    """With the glossary as it stands now, on the same stores."""
    return replace(_built(url, collection), glossary=glossary)


@lru_cache(maxsize=1)
def chat_model() -> ChatModel:
    """The one that the settings name."""
    return build_chat_model(settings.CHAT_MODEL, settings.CHAT_BASE_URL, settings.CHAT_API_KEY)


def _vectors_url() -> str | None:
    is_chroma = settings.KNOWLEDGE_BASE["vector_store"] == "chroma"
    return (chroma_url() or NOWHERE) if is_chroma else None


@lru_cache(maxsize=2)
def _built(url: str | None, collection: str) -> KnowledgeBase:
    """Built anew when the vectors' server has moved: it takes another port each time it starts."""
    return build(_config(url, collection), import_string(settings.TEXT_INDEX)(), say=logger.info)


def _config(url: str | None, collection: str) -> Config:
    return Config(**{**settings.KNOWLEDGE_BASE, "collection": collection}, chroma_url=url)


@contextmanager
def rebuilding() -> Iterator[None]:
    """Inside, the knowledge base writes to fresh vectors; afterwards they take the place of the live ones.

    Meanwhile everybody else is answered from the old ones. The text index is replaced source by source.
    """
    live = settings.KNOWLEDGE_BASE["collection"]
    fresh = f"{live}-fresh"
    # what one that was cut off has left behind
    discard(_config(_vectors_url(), live), fresh)
    token = _collection.set(fresh)
    try:
        yield
    except BaseException:
        with suppress(IndexUnavailable):
            discard(_config(_vectors_url(), live), fresh)
        raise
    finally:
        _collection.reset(token)
        close()
    promote(_config(_vectors_url(), live), fresh)
    close()


_warm = threading.Event()


def is_warm() -> bool:
    """Whether a question asked now is answered at once; fakes need no warming."""
    return _warm.is_set() or settings.KNOWLEDGE_BASE["embedder"] == "hashing"


def warm_up() -> None:
    """Load what is heavy before somebody waits for it, once the vectors are there."""
    deadline = time.monotonic() + PATIENCE
    while not chroma_alive() and time.monotonic() < deadline:
        time.sleep(0.2)
    knowledge_base().retrieve("预热")
    let_go()
    # what is loaded now stays: looking through it again and again would hold up everybody for tenths of a second
    gc.freeze()
    _warm.set()
    logger.info("食安学堂 is ready: %s", settings.WAGTAILADMIN_BASE_URL)


def warm_up_indexing() -> None:
    """The first page that is published after a start does not wait for the model."""
    knowledge_base().embedder.documents(["预热"])
    let_go()


def close() -> None:
    chat_model.cache_clear()
    _speaking.cache_clear()
    _built.cache_clear()


def endpoint_file() -> Path:
    """Where the server on this machine says which port it took."""
    return Path(settings.CHROMA_DIR) / "endpoint.json"


def chroma_url() -> str:
    """The configured server, else the one that runs on this machine's data; empty when there is none."""
    if settings.CHROMA_URL:
        return str(settings.CHROMA_URL)
    try:
        return str(json.loads(endpoint_file().read_text(encoding="utf8"))["url"])
    except (OSError, ValueError, KeyError):
        return ""


def chroma_alive() -> bool:
    url = chroma_url()
    if not url:
        return False
    try:
        with urlopen(f"{url}/api/v2/heartbeat", timeout=2) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def chroma_command() -> list[str]:
    """The command that serves this machine's vectors; its port is written down for the clients first.

    Loopback only: the server has no authentication.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint_file().parent.mkdir(parents=True, exist_ok=True)
    endpoint_file().write_text(json.dumps({"url": f"http://127.0.0.1:{port}"}), encoding="utf8")
    program = Path(sys.executable).with_name("chroma")
    data = str(Path(settings.CHROMA_DIR) / "data")
    return [str(program), "run", "--path", data, "--host", "127.0.0.1", "--port", str(port)]


@contextmanager
def chroma_running() -> Iterator[None]:
    """For commands: use the running server, or keep one for as long as the command takes."""
    if settings.KNOWLEDGE_BASE["vector_store"] != "chroma" or chroma_alive():
        yield
        return
    server = subprocess.Popen(chroma_command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(server)
        close()
        yield
    finally:
        server.terminate()
        server.wait(10)
        endpoint_file().unlink(missing_ok=True)
        close()


def _wait_for(server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while not chroma_alive():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Chroma did not start; see `chroma run --help`")
        time.sleep(0.1)
