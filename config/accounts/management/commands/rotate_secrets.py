from typing import Any

from config.accounts.sealing.rotation import rotate
from config.commands import Outcome, UpliftCommand


class Command(UpliftCommand):
    help = "Seals every secret value anew with the first of UPLIFT_SECRET_KEYS, so that older keys can be dropped."
    examples = "  UPLIFT_SECRET_KEYS=NEW,OLD manage.py rotate_secrets\n"

    def work(self, *args: Any, **options: Any) -> Outcome:
        self.actor.require_superuser()
        count = rotate()
        return Outcome((f"{count} values are sealed with the first key.",), {"values": count})
