"""What a manifest says is read and in force; what nobody reads is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import polars as pl
import pytest

from bihuan.domain.checks import check
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.scenarios.catalogue import Entry, faults, in_force
from bihuan.scenarios.contract import Inputs, Scenario
from bihuan.scenarios.manifests import BadManifest, Manifest, manifest_of, read_manifest


def settings_of(scenario: str) -> list[Callable[[], Any]]:
    """The functions by which a scenario reads its thresholds."""
    modules = [m.name for m in iter_modules([str(FOLDER / scenario)]) if not m.ispkg]
    found = [import_module(f"bihuan.scenarios.{scenario}.{name}") for name in modules]
    readers = [getattr(m, "in_force", None) for m in found]
    return [r for r in dict.fromkeys(readers) if r is not None]


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_threshold_of_a_manifest_is_read(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    value = Manifest.value

    def noted(manifest: Manifest, threshold: str) -> Any:
        read.add(threshold)
        return value(manifest, threshold)

    monkeypatch.setattr(Manifest, "value", noted)
    for reader in settings_of(scenario):
        reader.__wrapped__()  # type: ignore[attr-defined]  # past its cache
    assert set(manifest_of(scenario).thresholds) == read


@pytest.mark.parametrize("line", ['cadence = "hourly"', 'looks_at = "hours"', "[thresholds.x]\nvalue = 1\nunit = 'h'\nsource = 's'\nmost = 3"])  # fmt: skip
def test_a_key_that_nobody_reads_is_refused(line: str) -> None:
    with pytest.raises(BadManifest, match=r"^here: .*unexpected keyword argument"):
        read_manifest(f"{line}\n", where="here")


def rule(hours: pl.DataFrame, *, least_hours: int = 4) -> pl.DataFrame:
    """Says by which parameter it was run."""
    return hours.select(pl.lit(least_hours).alias("least_hours"))


PROBE = check("test.probe", title="试", basis="试", severity="minor")(rule)


def test_what_the_catalogue_shows_as_overridden_is_in_force_wherever_the_check_is_run() -> None:
    given = {"least_hours": 7}
    entry = Entry("x", Scenario("试", "试", "1"), in_force(PROBE, given), given)
    assert entry.parameters == [("least_hours", 7, True)]
    assert entry.check.run(pl.DataFrame({"a": [1]}))["least_hours"].to_list() == [7]
    assert entry.check.meaning == PROBE.meaning


def nothing(_now: datetime, _back: timedelta) -> tuple[Any, ...]:
    """Inputs of a scenario, as none is run."""
    return ()


@pytest.mark.parametrize(
    ("inputs", "back", "text", "fault"),
    [
        (None, 1, "", "x: it has checks, and no inputs that give what they look at"),
        (nothing, 0, "", "x: it does not say look_back"),
        (nothing, 1, '[parameters."test.probe"]\nhours = 1', "x: test.probe has no parameter hours"),
        (nothing, 1, '[parameters."test.other"]\nhours = 1', "x: manifest.toml sets parameters of test.other"),
    ],
)  # fmt: skip
def test_a_check_that_could_never_run_as_said_is_refused_at_the_start(
    inputs: Inputs | None, back: int, text: str, fault: str
) -> None:
    scenario = Scenario("试", "试", "1", checks=(PROBE,), inputs=inputs, look_back=timedelta(hours=back))
    found = faults("x", scenario, read_manifest(text, where="x"))
    assert len(found) == 1
    assert found[0].startswith(fault)
