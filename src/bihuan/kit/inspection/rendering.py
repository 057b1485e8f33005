"""An XForm as the page that enketo-core brings to life: its two style sheets, and what their author does around them.

Source: enketo-transformer 4.2.0 (Apache-2.0), `processItemsets` and `transformAppearances` of its transformer.
"""

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from bihuan.kit.inspection.xform import SAFE, XF

_SHEETS = Path(__file__).parent / "sheets"
_NS = {"f": XF}


@cache
def _sheet(name: str) -> Any:
    return etree.XSLT(etree.parse(_SHEETS / f"{name}.xsl", SAFE))


def rendered(xform: str) -> tuple[str, str]:
    """(the form as HTML, its model as XML) of an XForm."""
    form = etree.fromstring(xform.encode(), SAFE)
    for itemset in form.iter(f"{{{XF}}}itemset"):
        _explain(itemset)
    page = _sheet("openrosa2html5form")(form).getroot()
    for node in page.iter():
        if isinstance(node.tag, str) and "data-appearances" in node.attrib:
            _appear(node)
    for logo in page.xpath("//section[@class='form-logo']"):
        logo.getparent().remove(logo)
    model = _sheet("openrosa2xmlmodel")(etree.fromstring(xform.encode(), SAFE)).getroot()
    made = page.find("form")
    return etree.tostring(made, encoding="unicode", method="html"), etree.tostring(
        model[0], encoding="unicode"
    )


def _explain(itemset: Any) -> None:
    """Say of a list of choices where value and label stand, which the style sheet asks for."""
    value, label = (itemset.find(f"f:{name}", _NS) for name in ("value", "label"))
    label_ref = label.get("ref", "") if label is not None else ""
    itemset.set("valueRef", value.get("ref", "") if value is not None else "")
    itemset.set("labelRef", label_ref)
    if not label_ref.startswith("jr:itext("):
        return
    name, wanted = label_ref[9:-1], itemset.get("nodeset", "").partition("instance('")[2].partition("'")[0]
    model = itemset.getroottree().getroot()
    for item in model.xpath("//f:instance[@id=$id]/*/f:item", namespaces=_NS, id=wanted):
        itemset.extend([etree.fromstring(etree.tostring(n)) for n in item.findall(f"f:{name}", _NS)])


def _appear(node: Any) -> None:
    asked = node.attrib.pop("data-appearances").lower().split()
    node.attrib.pop("data-appearances-select-type", None)
    classes = [c for c in node.get("class", "").split() if c != "or-appearances-placeholder"]
    node.set("class", " ".join([*classes, *(f"or-appearance-{a}" for a in asked)]))
