"""The whole site as `make run` starts it, on data of its own, driven by a real browser."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
# a busy machine is no failure
expect.set_options(timeout=20_000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass
class RunningSite:
    url: str
    log: Path
    env: dict[str, str]

    def code_for(self, phone: str) -> str:
        """The newest code that the development gateway printed for this number."""
        for _attempt in range(50):
            found = re.findall(rf"{phone}.*?(\d{{6}})", self.log.read_text(encoding="utf8"))
            if found:
                return str(found[-1])
            time.sleep(0.1)
        raise AssertionError(f"no code for {phone} in {self.log}")

    def run(self, code: str) -> str:
        """What this code prints inside the site, with its models at hand."""
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True)
        return done.stdout.strip()


def sign_in_by_phone(page: Page, site: RunningSite, phone: str) -> None:
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.locator("input[name=code]").fill(site.code_for(phone))
    page.locator("form:has(input[name=code]) button[type=submit]").first.click()


def give_a_name(site: RunningSite, phone: str) -> None:
    """Nobody sits an exam whose certificate would name nobody."""
    site.run(
        f"from academy.accounts.models import User; User.objects.filter(phone={phone!r}).update(name='欧阳小梅')"
    )


def say_where_one_works(page: Page) -> None:
    page.locator("input[name=name]").fill("新来的小王")
    page.locator("select[name=enterprise]").select_option(index=1)
    page.locator("select[name=post]").select_option(index=1)
    page.locator("form[action='/me/work/'] button[type=submit]").click()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    var = tmp_path_factory.mktemp("var")
    models = ROOT / "var" / "models"
    models.mkdir(parents=True, exist_ok=True)
    (var / "models").symlink_to(models)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = var / "site.log"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "academy.settings.dev",
        "VAR_DIR": str(var),
        "PORT": str(port),
        "BASE_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
        # a test reads nothing
        "FASTEST_READING": "1000000000",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for command in (["migrate", "--verbosity", "0"], ["demo"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    with log.open("w", encoding="utf8") as out:
        process = subprocess.Popen(["honcho", "start"], cwd=ROOT, env=env, stdout=out, stderr=out)
    running = RunningSite(f"http://localhost:{port}", log, env)
    try:
        _wait_until_ready(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(site: RunningSite, process: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(600):
        try:
            with urlopen(f"{site.url}/readyz", timeout=5) as response:
                if json.load(response)["ready"]:
                    return
        except (URLError, OSError):
            pass
        assert process.poll() is None, site.log.read_text(encoding="utf8")
        time.sleep(0.2)
    raise AssertionError(site.log.read_text(encoding="utf8"))


# Closed after each module: while it is open its event loop makes Django refuse the database.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@dataclass
class Complaints:
    """What a browser would say aloud: script errors, blocked content, requests to other hosts, failures."""

    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page, host: str) -> None:
        page.on("console", lambda m: self._note(m.type in ("error", "warning"), f"console: {m.text}"))
        page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        page.on("request", lambda r: self._note(self._is_elsewhere(r.url, host), f"request: {r.url}"))
        page.on("response", lambda r: self._note(r.status >= 500, f"{r.status}: {r.url}"))

    def _note(self, is_bad: bool, words: str) -> None:
        # what a test has switched off is no complaint
        switched_off = "ERR_INTERNET_DISCONNECTED" in words or "blocked by Playwright" in words
        if is_bad and not switched_off:
            self.heard.append(words)

    @staticmethod
    def _is_elsewhere(url: str, host: str) -> bool:
        return not url.startswith((host, "data:", "blob:", "about:"))


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: RunningSite) -> Iterator[Visit]:
    """Opens a page of the site in a browser of its own; whatever the browser complains of fails the test."""
    complaints, contexts = Complaints(), []

    def opened(address: str = "/", width: int = 390, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page, site.url)
        page.goto(site.url + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints.heard == []
