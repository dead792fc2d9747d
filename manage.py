#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.environment import BadVariable

    try:
        import config.settings  # noqa: F401  (so that a bad variable is told before anything else runs)
    except BadVariable as error:
        sys.exit(_refuse(error))
    execute_from_command_line(sys.argv)


def _refuse(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
