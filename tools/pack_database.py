"""Pack the tables of a new database, as the migrations make them: `python tools/pack_database.py` after each new migration."""

import os
import tempfile


def main() -> None:
    """Migrate an empty database step by step and write what it then is."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "BIHUAN_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "bihuan.settings",
            "BIHUAN_LOG": "ERROR",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.core.management.commands.migrate import Command
        from django.db import connection

        from bihuan.registry.new_database import packed

        call_command(Command(), verbosity=0)
        for path, text in packed(connection).items():
            path.write_text(text, encoding="utf-8")
        connection.close()


if __name__ == "__main__":
    main()
