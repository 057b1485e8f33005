"""Choices that come from a register: as elements of a form's model, for the page and for the server alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from bihuan.kit.inspection.answered import TARGET
from bihuan.kit.inspection.declared import Form, Item
from bihuan.kit.inspection.xform import BARE_NAME, SAFE, XF, XForm
from bihuan.printable import printable
from bihuan.registry.models import Person


def lists_for(form: Form, xform: XForm, person: Person) -> Mapping[str, Any]:
    """The outside lists of a form as the person may choose from them, by their id."""
    return {
        file.removesuffix(".csv"): as_instance(form.lists[file](person))
        for file in xform.outside_lists
        if file in form.lists
    }


def as_instance(items: Iterable[Item]) -> Any:
    """A list as the form's own lists are: instance, root, item. Names that no element can have are left out."""
    made = etree.Element("instance")
    root = etree.SubElement(made, "root")
    for item in items:
        node = etree.SubElement(root, "item")
        for name, text in item.items():
            if BARE_NAME.match(name):
                etree.SubElement(node, name).text = printable(text)
    return made


def filled(model: str, lists: Mapping[str, Any], target: str) -> str:
    """The model of a form for the page: its outside lists filled in, and its question `target` answered."""
    root = etree.fromstring(model.encode(), SAFE)
    for node in root.findall(f"{{{XF}}}instance/*/{{{XF}}}{TARGET}"):
        node.text = target
    for instance in root.iter(f"{{{XF}}}instance"):
        given = lists.get(instance.get("id", ""))
        if given is not None:
            instance.attrib.pop("src", None)
            instance[:] = [_named(child) for child in given]
    return str(etree.tostring(root, encoding="unicode"))


def _named(node: Any) -> Any:
    made = etree.Element(f"{{{XF}}}{node.tag}")
    made.text = node.text
    made.extend([_named(child) for child in node])
    return made
