"""Chat models behind any endpoint that speaks the OpenAI protocol, by way of LangChain."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from kb.ports import ChatUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk
    from openai import DefaultAsyncHttpxClient

# seconds for one reply, and how often it is asked again
PATIENCE, RETRIES = 60, 1
# seconds for which a stream may be silent: whoever reads it has less patience, and falls back
SILENCE = 20


class LangChainChatModel:
    """Loads LangChain when it is first asked. `patience` and `silence` are seconds: for a reply, and between pieces."""

    def __init__(
        self,
        name: str,
        base_url: str = "",
        api_key: str = "",
        patience: float = PATIENCE,
        silence: float = SILENCE,
    ) -> None:
        self._name, self._base_url, self._api_key = name, base_url, api_key
        self._patience, self._silence = patience, silence

    def reply(self, instructions: str, text: str) -> str:
        try:
            return str(self._model.invoke([("system", instructions), ("human", text)]).text)
        # whatever a server out there answers, and however the library takes it
        except Exception as error:
            raise ChatUnavailable(f"{type(error).__name__}: {error}") from error

    async def stream(self, instructions: str, text: str) -> AsyncGenerator[str, None]:
        try:
            model, client = await asyncio.to_thread(self._streaming)
            async with client, aclosing(_pieces(model, instructions, text)) as pieces:
                async for piece in pieces:
                    yield piece
        except Exception as error:
            raise ChatUnavailable(f"{type(error).__name__}: {error}") from error

    @cached_property
    def _model(self) -> "BaseChatModel":
        return self._made(timeout=self._patience, max_retries=RETRIES)

    def _streaming(self) -> "tuple[BaseChatModel, DefaultAsyncHttpxClient]":
        """A client of its own for each stream: LangChain's is shared, and belongs to the event loop that used it first."""
        from openai import DefaultAsyncHttpxClient

        client = DefaultAsyncHttpxClient(timeout=self._silence)
        model = self._made(
            timeout=self._silence,
            max_retries=0,
            stream_chunk_timeout=self._silence,
            http_async_client=client,
            # the default would turn the proxies of the environment off, with a warning
            http_socket_options=(),
        )
        return model, client

    def _made(self, **options: Any) -> "BaseChatModel":
        from langchain.chat_models import init_chat_model

        model: BaseChatModel = init_chat_model(
            self._name,
            model_provider="openai",
            base_url=self._base_url or None,
            # endpoints in one's own house often want none, the library always
            api_key=self._api_key or "none",
            **options,
        )
        return model


async def _pieces(model: "BaseChatModel", instructions: str, text: str) -> AsyncGenerator[str, None]:
    """What it says; an error where it does not say that it has come to its end, for then half a sentence may be missing."""
    chunks = model.astream([("system", instructions), ("human", text)])
    reason = None
    # LangChain calls it an iterator, and it is a generator, which has a connection to give back
    async with aclosing(cast("AsyncGenerator[BaseMessageChunk, None]", chunks)) as reply:
        async for chunk in reply:
            reason = chunk.response_metadata.get("finish_reason", reason)
            if piece := str(chunk.text):
                yield piece
    if reason != "stop":
        raise ConnectionError(f"the reply broke off: {reason}")
