from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.commands import CommandOutcome, UpliftCommand
from config.errors import OperationRefused
from upgrades_app.demo.environment import DemoEnvironment, find_free_port
from upgrades_app.demo.runtime import DemoRuntime, build_docker_runtime, clear_engines
from upgrades_app.demo.stages import DemoSetting
from upgrades_app.demo.walk import DemoWalk

HOST = "127.0.0.1"

NEXT_STEPS = """\
 Then    1 shop → Publish → 1.1 → Publish     redis is "new" on the synchronization page
         2 Confirm                            1.1 is in the release record list
         3 shop-copy → Upgrade (1) → Upgrade  review the changes; LOG_LEVEL is kept
         4 Upgrade → Upgrade complete         redis is on the topology
         5 History → Roll back to 1.0         review the rollback, then confirm
         6 shop-staging → Upgrade             a conflict: 8 (local) or 4 (template)
"""
NEXT_STEPS_PUBLISHED = """\
 Then    1 shop-copy → Upgrade → Upgrade      review the changes; LOG_LEVEL is kept
         2 History → Roll back to 1.0         review the rollback, then confirm
         3 shop-staging → Upgrade             a conflict: 8 (local) or 4 (template)
"""
NOTES = {
    "git": " Note    This target writes files and commits; it runs no containers.",
    "docker": " Note    The containers are running (docker ps). --reset removes them with their networks and volumes.",
}


class Command(UpliftCommand):
    help = "Set up a demo shop with a template and two installations in var/demo, and serve it on localhost."
    examples = """
  manage.py demo              set up or continue, then serve until Ctrl-C
  manage.py demo --walk       publish, upgrade and roll back unattended, and verify every result
  manage.py demo --target docker --local-images --walk
                              the same on a Docker Engine, with small local images
  manage.py demo --reset      remove the demo
"""
    needs_key = False  # there may be no tables yet

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--walk", action="store_true", help="run all stages unattended, print them, and exit")
        parser.add_argument(
            "--target", choices=("git", "docker"), default="git", help="target of the installations (default: git)"
        )
        parser.add_argument(
            "--local-images", action="store_true", help="with docker: build small images locally, without a registry"
        )
        parser.add_argument("--reset", action="store_true", help="remove the demo and exit")
        parser.add_argument("--no-serve", action="store_true", help="set up, print and exit")
        parser.add_argument("--port", type=int, help="port to serve on (default: the next available port from 8000)")

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
    ) -> CommandOutcome:
        environment = DemoEnvironment.from_folder(settings.BASE_DIR, settings.VAR)
        if reset:
            return _reset_demo(environment)
        if local_images and target != "docker":
            raise OperationRefused("--local-images requires --target docker.")
        environment.enter()
        runtime = build_docker_runtime(local=local_images) if target == "docker" else DemoRuntime()
        password = environment.password()
        if target == "docker":
            environment.uses_engine()
        setting = DemoSetting(environment.folder, password, runtime, self.progress)
        self.say(f"Uplift demo in {environment.display_path}. Remove it with: manage.py demo --reset")
        self.run_stages([(stage.name, stage.do) for stage in setting.stages()])
        if walk:
            self.say()
            self.run_stages(DemoWalk(setting).stages())
            return CommandOutcome(("Every result above was verified on the target.",), {"walked": True})
        port = port or find_free_port(HOST)
        next_steps = NEXT_STEPS_PUBLISHED if setting.is_next_published else NEXT_STEPS
        self.say(
            f"\n Open    http://{HOST}:{port}/      user demo      password {password}\n{next_steps}{NOTES[target]}"
        )
        if not no_serve:
            connections.close_all()
            call_command("run", host=HOST, port=port, workers=1)
        return CommandOutcome(
            data={"url": f"http://{HOST}:{port}/", "user": "demo", "folder": environment.display_path}
        )

    def run_stages(self, stages: Iterable[tuple[str, Callable[[], Iterable[str]]]]) -> None:
        """Run the stages and print each with its number, lines and duration."""
        stages = list(stages)
        for number, (name, do) in enumerate(stages, start=1):
            started = time.monotonic()
            first, *more = list(do())
            seconds = time.monotonic() - started
            self.say(f" [{number}/{len(stages)}] {name:<13} {first:<72} {seconds:5.1f} s")
            for line in more:
                self.say(f"       {'':<13} {line}")


def _reset_demo(environment: DemoEnvironment) -> CommandOutcome:
    """Remove the containers of the demo, which only its own database knows, then its folder."""
    if environment.entered:
        return CommandOutcome((f"Removed {clear_engines()} containers.",))
    environment.clear_engine()
    text = (
        f"Removed {environment.display_path}." if environment.reset() else f"{environment.display_path} does not exist."
    )
    return CommandOutcome((text,), {"folder": environment.display_path})
