"""What a template may say: values, conditions, loops over what it was given, and a few filters that only shape text."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = (
    "default", "d", "join", "length", "count", "first", "last", "replace", "trim", "upper", "lower", "round", "int",
    "truncate",
)  # fmt: skip
REFUSED = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Macro,
    nodes.CallBlock,
)
"""They reach for other files, or hide what a template does from who reads it in Word."""
FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a template that says nonsense ends in."""
SOURCE = "<template>"


def sandbox() -> ImmutableSandboxedEnvironment:
    """The environment: everything is escaped, what is unknown is an error, nothing of Python can be reached."""
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


def refused(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Line and word of each thing that no template may say: other files, and names that begin with `_`."""
    for reaching in tree.find_all(REFUSED):
        yield reaching.lineno, type(reaching).__name__.lower()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Name)):
        name = _name(node)
        if name.startswith("_"):
            yield node.lineno, name


def _name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Name):
        return node.name
    assert isinstance(node, nodes.Getitem)
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""


def names(tree: nodes.Template) -> list[tuple[int, str]]:
    """Line and name of each value that the template asks for, without what it names itself."""
    found = list(tree.find_all(nodes.Name))
    own = {node.name for node in found if node.ctx in ("store", "param")} | {"loop"}
    return [(node.lineno, node.name) for node in found if node.ctx == "load" and node.name not in own]


def tried(render: Callable[[Mapping[str, Any]], str], values: Mapping[str, Any]) -> tuple[int, str] | None:
    """Line and words of the fault that a template ends in with these values; None where it ends well."""
    try:
        render(values)
    except FAULTS as error:
        at = [f.lineno or 0 for f in traceback.extract_tb(error.__traceback__) if f.filename == SOURCE]
        return (at[-1] if at else 0), str(error) or type(error).__name__
    return None
