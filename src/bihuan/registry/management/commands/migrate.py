"""Django's `migrate`, which lets a new database begin from what is packed (`registry.new_database`)."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from bihuan.registry import new_database


class Command(Migrate):
    """The same options."""

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django's; an empty database first gets what is packed, unless a single app is asked for."""
        if not options["app_label"]:
            new_database.begin(connections[options["database"]])
        super().handle(*args, **options)
