"""The web process's entry point."""

import django

from bihuan.web.body_limit import BodyLimit

django.setup(set_prefix=False)

from bihuan.web.handler import ThreadedHandler  # noqa: E402 - after Django is set up

application = BodyLimit(ThreadedHandler())
