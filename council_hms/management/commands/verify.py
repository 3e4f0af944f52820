"""Proves that what is stored is whole: every promise of every room, one line each."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from council_hms.verification import MOST_TOLD, promises


class Command(BaseCommand):
    """``manage.py verify``; exits with 1 on any breach. After every restore and upgrade, and each night."""

    help = "Check that every stored row keeps what the product promises; exits with 1 when one does not."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        broken = 0
        for promise in promises():
            told = promise.told()
            broken += bool(told) and promise.fails
            if told or verbosity:
                word = "holds" if not told else "BROKEN" if promise.fails else "noted"
                self.stdout.write(f"{word:<8}{promise.words}")
            for sentence in told:
                self.stdout.write(f"        {sentence}")
            if len(told) == MOST_TOLD:
                self.stdout.write("        … and perhaps more.")
        if broken:
            raise CommandError(f"{broken} promise{'s' if broken > 1 else ''} broken")
        if verbosity:
            self.stdout.write("All is as it should be.")
