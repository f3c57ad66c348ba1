"""Chat models behind any endpoint that speaks the OpenAI protocol, by way of LangChain."""

from functools import cached_property
from typing import TYPE_CHECKING

from kb.ports import ChatUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# seconds for one reply, and how often it is asked again
PATIENCE, RETRIES = 60, 1


class LangChainChatModel:
    """Loads LangChain when it is first asked."""

    def __init__(self, name: str, base_url: str = "", api_key: str = "") -> None:
        self._name, self._base_url, self._api_key = name, base_url, api_key

    def reply(self, instructions: str, text: str) -> str:
        try:
            return str(self._model.invoke([("system", instructions), ("human", text)]).text)
        # whatever a server out there answers, and however the library takes it
        except Exception as error:
            raise ChatUnavailable(f"{type(error).__name__}: {error}") from error

    @cached_property
    def _model(self) -> "BaseChatModel":
        from langchain.chat_models import init_chat_model

        return init_chat_model(
            self._name,
            model_provider="openai",
            base_url=self._base_url or None,
            # endpoints in one's own house often want none, the library always
            api_key=self._api_key or "none",
            timeout=PATIENCE,
            max_retries=RETRIES,
        )
