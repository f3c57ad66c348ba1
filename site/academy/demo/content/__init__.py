from pathlib import Path
from typing import Any

import yaml


def read(name: str) -> Any:
    text = (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf8")
    return yaml.safe_load(text)
