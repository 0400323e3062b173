#!/usr/bin/env python
"""Run the site's commands."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe_site.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        from cafe_site.database import tls_sentence

        if sentence := tls_sentence(error):
            sys.exit(sentence)
        raise


if __name__ == "__main__":
    main()
