"""The body of a request: its records, or why it is none."""

import orjson

from bihuan.feeds.gates.dialects import Dialect
from bihuan.reasons import Reason

MOST_RECORDS = 1000


class NoBody(ValueError):
    """The body as a whole cannot be taken; `why` says what to do."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why


def records_of(body: bytes, dialect: Dialect) -> list[object]:
    """The records in order. Raises NoBody."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NoBody(Reason("gate_no_json", error=str(error)[:100])) from error
    found = said.get(dialect.records) if isinstance(said, dict) else said
    if not isinstance(found, list) or not found:
        raise NoBody(Reason("gate_no_records", key=dialect.records))
    if len(found) > MOST_RECORDS:
        raise NoBody(Reason("gate_many_records", count=len(found), most=MOST_RECORDS))
    return found
