from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def read(name: str) -> Any:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf8")
    return yaml.safe_load(text)
