import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from academy.core.knowledge import chroma_alive, chroma_command, chroma_url


class Command(BaseCommand):
    help = "Serve this machine's vectors on the loopback interface, for web and worker."

    def handle(self, *args: Any, **options: Any) -> None:
        if chroma_alive():
            raise CommandError(f"already served at {chroma_url()}")
        command = chroma_command()
        log = os.open(settings.CHROMA_DIR / "chroma.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, sys.stdout.fileno())
        os.execv(command[0], command)
