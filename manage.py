#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from config.environment import InvalidVariable

    try:
        settings.INSTALLED_APPS  # noqa: B018  (reading one setting loads all, before anything else runs)
    except InvalidVariable as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
