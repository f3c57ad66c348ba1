"""The shape of the tree, which tools fail to mention when it breaks."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

from babel.messages.pofile import read_po

import academy
import ingest
import kb

ROOT = Path(__file__).resolve().parents[1]
OURS = [
    path
    for folder in ("kb", "ingest", "site", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]


def test_site_is_a_source_root_and_nothing_else() -> None:
    assert not (ROOT / "site" / "__init__.py").exists()
    assert [p.name for p in (ROOT / "site").iterdir() if p.name != "__pycache__"] == ["academy"]


def test_packages_come_from_this_checkout() -> None:
    assert Path(academy.__file__).parent == ROOT / "site" / "academy"
    assert Path(kb.__file__).parent == ROOT / "kb"
    assert Path(ingest.__file__).parent == ROOT / "ingest"


def test_git_does_not_ignore_the_source_root() -> None:
    result = subprocess.run(["git", "check-ignore", "-q", "site/academy/urls.py"], cwd=ROOT, check=False)
    assert result.returncode == 1


def test_tests_are_flat_files() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_functions_and_files_stay_small() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert statistics.median(lengths) <= 7
    assert statistics.quantiles(lengths, n=10)[-1] <= 22
    assert max(lengths) <= 50
    assert max(len(path.read_text(encoding="utf8").splitlines()) for path in OURS) <= 350


def test_every_word_on_a_screen_has_its_chinese() -> None:
    with (ROOT / "site/academy/locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    missing = [entry.id for entry in catalogue if entry.id and (entry.fuzzy or not any(entry.string))]
    assert missing == []


def test_what_others_say_names_nothing_in_chinese_that_it_does_not_name_in_english() -> None:
    with (ROOT / "site/academy/wording/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    names = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
    for entry in catalogue:
        english, chinese = (
            " ".join([each] if isinstance(each, str) else each) for each in (entry.id, entry.string)
        )
        assert set(names.findall(chinese)) <= set(names.findall(english)), english


def test_no_lock_line_names_an_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf8")
    assert "://" not in lock
    assert "index" not in lock
