import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from academy.core.knowledge import chroma_alive, chroma_command

PAUSE = 1.0


class Command(BaseCommand):
    help = "Serve this machine's vectors on the loopback interface, for web and worker; started again if it dies."

    def handle(self, *args: Any, **options: Any) -> None:
        # one that outlived whoever started it serves on
        while chroma_alive():
            time.sleep(PAUSE)
        # an orderly end by whoever started us also ends the server
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        command = chroma_command()
        with (settings.CHROMA_DIR / "chroma.log").open("w") as log:
            while True:
                self._serve(command, log)
                self.stderr.write("Chroma stopped; it is started again")
                time.sleep(PAUSE)

    def _serve(self, command: list[str], log: Any) -> None:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            server.wait()
        finally:
            server.terminate()
            server.wait()
