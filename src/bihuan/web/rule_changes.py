"""Rules that are edited in a page: tried, set, taken back; a refused form comes back as it was typed."""

from collections.abc import Callable
from secrets import token_hex

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from bihuan.cases.errors import IllegalMove
from bihuan.registry.access import Asked
from bihuan.web import drafts

NEW = "new"
"""In an address: the rule that is not there yet."""
SHOWN_VERSIONS = 50


def fresh(key: str) -> str:
    """The key of a rule: of a new one its own for ever."""
    return f"own-{token_hex(4)}" if key == NEW else key


def answer(
    request: Asked, form: str, back: str, action: str, act: Callable[[], None], *, home: str, said: str
) -> HttpResponse:
    """Act, and say so at `home`; what is only tried comes back as it was typed, to be looked at below its form."""
    try:
        act()
    except IllegalMove as error:
        if action == "undo":  # its form is another one
            messages.error(request, str(error))
        else:
            drafts.refused(request, form, error)
        return redirect(back)
    if action == "try":
        drafts.save(request, form, ())
        return redirect(f"{back}#tried")
    drafts.drop(request, form)
    messages.success(request, said)
    return redirect(home)
