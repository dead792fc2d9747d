from typing import Any

from config.accounts.sealing.rotation import rotate_keys
from config.commands import CommandOutcome, UpliftCommand


class Command(UpliftCommand):
    help = "Encrypt all secret values with the first key of UPLIFT_SECRET_KEYS, so that older keys can be removed."
    examples = "  UPLIFT_SECRET_KEYS=NEW,OLD manage.py rotate_secrets\n"

    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        self.actor.require_superuser()
        count = rotate_keys()
        return CommandOutcome((f"{count} values encrypted with the first key.",), {"values": count})
