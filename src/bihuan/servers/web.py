"""The web process: Django behind uvicorn, behind a door that strangers cannot keep shut."""

import logging
import sys

import uvicorn
from django.conf import settings

from bihuan.installation.private import keep_private
from bihuan.seldom import Seldom
from bihuan.servers.memory import search_cycles_rarely
from bihuan.servers.open_files import raise_open_files, room_for_connections
from bihuan.servers.small_tables import expect_small_tables
from bihuan.servers.web_door import Door, Patience, visits_of
from bihuan.web import uploads

MOST_CONNECTIONS = 2000
BACKLOG = 128
STOP_SECONDS = 8


def patience(files: int) -> Patience:
    """The limits of connections under a limit of open files; one address may have half of them."""
    connections = min(MOST_CONNECTIONS, room_for_connections(files))
    return Patience(connections, max(connections // 2, 1))


def main(host: str, port: int) -> None:
    """Serve the pages until stopped. Addresses in X-Forwarded-For count when a trusted proxy hands them on, else never."""
    keep_private()
    uploads.clear()
    proxies = settings.PROXIES
    door = Door(patience(raise_open_files()), proxies)
    config = uvicorn.Config(
        "bihuan.web.asgi:application",
        host=host,
        port=port,
        http=visits_of(door),  # type: ignore[arg-type]  # a class made by type()
        ws="none",
        lifespan="off",
        log_level="warning",
        backlog=BACKLOG,
        proxy_headers=bool(proxies.names),
        forwarded_allow_ips=proxies.names,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    for noisy in ("asyncio", "uvicorn.error"):
        logging.getLogger(noisy).addFilter(Seldom())
    config.load()  # Django with all pages
    search_cycles_rarely()
    expect_small_tables()
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
