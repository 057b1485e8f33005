"""The web process's entry point."""

import django

django.setup(set_prefix=False)

from bihuan.web.body_limit import BodyLimit  # noqa: E402 - after Django is set up
from bihuan.web.handler import ThreadedHandler  # noqa: E402

application = BodyLimit(ThreadedHandler())
