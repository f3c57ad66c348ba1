import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError

from academy.core.database import let_go
from academy.core.workers import minute, pick_up

logger = logging.getLogger(__name__)
MINUTE = 60.0


class Command(BaseCommand):
    help = "What is due at a time of its own: pages that are to appear or to go, tasks left behind. Looks every minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            self._tick()
            if options["once"]:
                return
            time.sleep(MINUTE)

    def _tick(self) -> None:
        let_go()
        try:
            call_command("publish_scheduled", stdout=self.stdout, verbosity=0)
            pick_up()
            minute.send(type(self))
        except OperationalError as error:
            logger.warning("What is due waits for the next minute: %s", error)
