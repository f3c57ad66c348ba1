"""The ability of being searched: whoever has it is indexed by `library`, which needs to know nothing else of it."""

from typing import Protocol, runtime_checkable

from kb.types import Document


@runtime_checkable
class Searchable(Protocol):
    @property
    def pk(self) -> int: ...

    @property
    def title(self) -> str: ...

    def to_document(self) -> Document:
        """The words that may be found and cited, with their headings and anchors."""
        ...
