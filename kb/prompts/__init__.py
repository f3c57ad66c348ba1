"""What the chat model is told, one file a version: `answer.v2.md` takes the place of `answer.v1.md`."""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    version: int
    text: str

    @property
    def digest(self) -> str:
        """Tells one wording from another, twelve hexadecimal digits."""
        return blake2b(self.text.encode(), digest_size=6).hexdigest()


@cache
def prompts() -> list[Prompt]:
    """All of them, by name, the newest version of each first."""
    found = [_read(path) for path in FOLDER.glob("*.v*.md")]
    return sorted(found, key=lambda prompt: (prompt.name, -prompt.version))


def prompt(name: str) -> Prompt:
    """The newest version. Raises KeyError where there is none of this name."""
    for found in prompts():
        if found.name == name:
            return found
    raise KeyError(name)


def _read(path: Path) -> Prompt:
    name, version, _ = path.name.split(".")
    return Prompt(name, int(version.removeprefix("v")), path.read_text(encoding="utf-8").strip())
