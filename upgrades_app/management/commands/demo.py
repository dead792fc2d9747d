from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.commands import Outcome, UpliftCommand
from config.errors import Refused
from upgrades_app.demo.environment import Home, free_port
from upgrades_app.demo.runtime import Ground, clear_engines, on_engine
from upgrades_app.demo.stages import Setting
from upgrades_app.demo.walk import Walk

HOST = "127.0.0.1"

THEN = """\
 Then    1 shop → Publish → 1.1 → Publish     redis is "new" on the synchronization page
         2 Confirm                            1.1 is in the release record list
         3 shop-copy → Upgrade (1) → Upgrade  what changes, and your LOG_LEVEL kept
         4 Upgrade → Upgrade complete         redis is on the topology
         5 History → Go back to 1.0           what going back does, before it does it
         6 shop-staging → Upgrade             a conflict: 8 (yours) or 4 (template)
"""
AGAIN = """\
 Then    1 shop-copy → Upgrade → Upgrade      what changes, and your LOG_LEVEL kept
         2 History → Go back to 1.0           what going back does, before it does it
         3 shop-staging → Upgrade             a conflict: 8 (yours) or 4 (template)
"""
NOTES = {
    "git": " Note    This target writes files and commits; it starts nothing.",
    "docker": " Note    These run: docker ps shows them. --reset removes them, their networks and their volumes.",
}


class Command(UpliftCommand):
    help = "Set up a shop, its template and two installations in var/demo, and serve them on this machine only."
    examples = """
  manage.py demo              set up or continue, then serve until Ctrl-C
  manage.py demo --walk       publish, upgrade and go back unattended, every fact read back
  manage.py demo --target docker --local-images --walk
                              the same on a Docker Engine, with small images made here
  manage.py demo --reset      remove everything the demo made
"""
    needs_key = False  # there may be no tables yet

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--walk", action="store_true", help="do the rest unattended, print each stage, and end")
        parser.add_argument(
            "--target", choices=("git", "docker"), default="git", help="where the two run (default: git)"
        )
        parser.add_argument(
            "--local-images", action="store_true", help="with docker: small images made of Debian packages, no registry"
        )
        parser.add_argument("--reset", action="store_true", help="remove everything the demo made, and end")
        parser.add_argument("--no-serve", action="store_true", help="set up and print, and end")
        parser.add_argument("--port", type=int, help="where to serve (default: the next free one from 8000)")

    def work(
        self,
        *,
        walk: bool,
        reset: bool,
        no_serve: bool,
        port: int | None,
        target: str,
        local_images: bool,
        **options: Any,
    ) -> Outcome:
        home = Home.of(settings.BASE_DIR, settings.VAR)
        if reset:
            return _reset(home)
        if local_images and target != "docker":
            raise Refused("--local-images goes with --target docker.")
        home.enter()
        ground = on_engine(local=local_images) if target == "docker" else Ground()
        password = home.password()
        if target == "docker":
            home.on_engine()
        setting = Setting(home.folder, password, ground, self.progress)
        self.say(f"Uplift demo. Everything lives in {home.shown}; remove it with: manage.py demo --reset")
        self.tell([(stage.name, stage.do) for stage in setting.stages()])
        if walk:
            self.say()
            self.tell(Walk(setting).stages())
            return Outcome(("Every fact above was read back from the target.",), {"walked": True})
        port = port or free_port(HOST)
        then = AGAIN if setting.published_next else THEN
        self.say(f"\n Open    http://{HOST}:{port}/      user demo      password {password}\n{then}{NOTES[target]}")
        if not no_serve:
            connections.close_all()
            call_command("run", host=HOST, port=port, workers=1)
        return Outcome(data={"url": f"http://{HOST}:{port}/", "user": "demo", "folder": home.shown})

    def tell(self, stages: Iterable[tuple[str, Callable[[], Iterable[str]]]]) -> None:
        """Each stage with its number, name, lines, and the seconds it took."""
        stages = list(stages)
        for number, (name, do) in enumerate(stages, start=1):
            began = time.monotonic()
            first, *more = list(do())
            seconds = time.monotonic() - began
            self.say(f" [{number}/{len(stages)}] {name:<13} {first:<72} {seconds:5.1f} s")
            for line in more:
                self.say(f"       {'':<13} {line}")


def _reset(home: Home) -> Outcome:
    """First what runs on an engine, which only the demo's own database knows; then the folder."""
    if home.entered:
        return Outcome((f"Removed {clear_engines()} containers.",))
    home.clear_engine()
    text = f"Removed {home.shown}." if home.reset() else f"There is no {home.shown}; nothing to remove."
    return Outcome((text,), {"folder": home.shown})
