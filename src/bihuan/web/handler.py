"""Django behind ASGI, with each request's work in one piece on one of a few threads that stay.

Django's own handler makes a thread and a database connection for every request and goes back and forth between it and the
event loop for every middleware; with many people at once they wait for each other rather than work.
"""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

# More threads would wait for each other in Python: with 30 people at once pages took a third longer on eight.
THREADS = 4


class ThreadedHandler(ASGIHandler):
    """All middleware and views are plain functions; reading requests and sending answers stay with the event loop."""

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, "request")

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to a request."""
        response = await sync_to_async(self._answer, thread_sensitive=False, executor=self._threads)(request)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        """As Django's handler of WSGI: a connection lives as long as its thread, unless it is too old or broken."""
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()
