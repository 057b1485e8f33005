"""A declaration says what the model does not; one that the model does not bear out, or that claims another's name, is refused."""

import pytest

from bihuan.kit.registers.declared import SUBJECT, BadRegister, Column, Form, Register, Registers
from bihuan.registry.models import AuditEntry, Emitter, Organisation, Site

SITES = Register("stations", Site, "点位", (*SUBJECT, Column("rank")))
EMITTERS = Register("emitters", Emitter, "企业", (*SUBJECT, *map(Column, ("kind", "industry", "grade"))))


def test_what_the_fields_say_is_not_written_again() -> None:
    assert [SITES.form(n) for n in ("name", "region", "lon", "geometry", "since", "simulated", "rank")] == [
        Form.TEXT, Form.REFERENCE, Form.NUMBER, Form.SHAPE, Form.DAY, Form.YES_NO, Form.CHOICE,
    ]  # fmt: skip
    assert SITES.title_of("rank") == "级别"
    assert SITES.head_of("lon") == "经度（°）"
    assert {n for n in SITES.named if SITES.required(n)} == {"code", "name", "region", "lon", "lat", "rank"}


@pytest.mark.parametrize(
    ("columns", "key", "why"),
    [
        ((*SUBJECT, Column("rank"), Column("rank")), ("code",), "rank"),
        ((*SUBJECT, Column("rank"), Column("colour")), ("code",), "has no field colour"),
        (SUBJECT, ("code",), "rank must be given"),
        ((*SUBJECT, Column("rank")), ("number",), "number"),
        ((*SUBJECT, Column("rank"), Column("decisions")), ("code",), "decisions is no field"),
    ],
)
def test_a_declaration_that_its_model_does_not_bear_out_is_refused(columns, key, why) -> None:
    with pytest.raises(BadRegister, match=why):
        Register("x", Site, "x", columns, key)


def test_a_model_whose_rows_lie_in_no_region_cannot_be_a_register() -> None:
    columns = tuple(map(Column, ("at", "action", "target")))
    with pytest.raises(BadRegister, match="leads to no region"):
        Register("x", AuditEntry, "x", columns, ("at",))


def test_a_kind_and_a_model_are_claimed_once() -> None:
    kinds = Registers([SITES, EMITTERS])
    assert list(kinds) == ["stations", "emitters"]
    assert kinds.of_model("registry.site") is SITES
    assert kinds.of_model("gone.model") is None
    units = tuple(map(Column, ("name", "kind", "region")))
    for again in (
        Register("stations", Organisation, "x", units, ("name",)),
        Register("other", Site, "x", SITES.columns),
    ):
        with pytest.raises(BadRegister, match="declared twice"):
            Registers([SITES, EMITTERS, again])
