"""Settings: one place, ranges, and a TOML file."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.described import described
from pipelines.settings import RANGES, Settings, range_of, read_settings, settings_from
from twin.conformity.milestone import Milestone, milestone_named
from twin.errors import SettingsError
from twin.supervision.settings import SupervisionSettings

PARAMETERS = [
    (section.name, parameter.name)
    for section in fields(Settings)
    for parameter in fields(getattr(Settings(), section.name))
]


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("section", "name"), PARAMETERS)
def test_every_parameter_has_a_range_that_holds_its_default_and_a_reason(section: str, name: str) -> None:
    stage = getattr(Settings(), section)
    value = getattr(stage, name)
    limits = range_of(section, name, value)
    assert limits is None or limits[0] <= value <= limits[1]
    assert len(described(type(stage))[1].get(name, "")) > 10


@pytest.mark.parametrize(("section", "name"), PARAMETERS)
def test_every_parameter_does_something(section: str, name: str, root: Path) -> None:
    sources = [path for path in (root / "twin").rglob("*.py") if path.name != "settings.py"]
    sources += [root / "pipelines" / "inspection.py"]
    own = root / "twin" / section / "settings.py"
    used = any(f".{name}" in path.read_text(encoding="utf-8") for path in sources if path.exists())
    assert used or f"self.{name}" in own.read_text(encoding="utf-8")


def test_stated_ranges_belong_to_parameters() -> None:
    supervision = SupervisionSettings()
    known = {
        f"{part.name}.{each.name}" for part in fields(supervision) for each in fields(getattr(supervision, part.name))
    }
    assert set(RANGES) <= known | {f"{section}.{name}" for section, name in PARAMETERS}


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    read = read_settings(written(tmp_path, "\ufeff[deviation]\nband_m = 1\nleast_rays = 5\n"))
    default = Settings()
    assert read == replace(default, deviation=replace(default.deviation, band_m=1.0, least_rays=5))
    assert type(read.deviation.band_m) is float
    assert read_settings(written(tmp_path, "")) == default


def test_the_digest_tells_settings_apart() -> None:
    assert Settings().sha256() == Settings().sha256()
    assert settings_from({"deviation": {"band_m": 0.4}}, "here").sha256() != Settings().sha256()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[colour]\nred = 1", r"settings\.toml: there is no section \[colour\]: the sections are registration, dev"),
        ("deviation = 1", r"deviation is not a table"),
        ("[deviation]\nband = 1", r"deviation\.band: there is no such setting"),
        ("[deviation]\nband_m = 'far'", r"deviation\.band_m: 'far' is not a number: the default is 0\.5"),
        ("[deviation]\nband_m = true", r"deviation\.band_m: True is not a number"),
        ("[deviation]\nleast_rays = 2.5", r"deviation\.least_rays: 2\.5 is not a whole number"),
        ("[deviation]\nband_m = 50.0", r"deviation\.band_m: 50\.0 is out of range: give 0\.05 to 5"),
        ("[deviation]\nband_m = nan", r"deviation\.band_m: nan is out of range"),
        ("[deviation]\nband_m = [1]", r"deviation\.band_m: \[1\] is not a number"),
        ("[registration]\nscale = 'loose'", r"settings\.toml: registration: scale is 'loose': use fixed or free"),
        ("[deviation", "not valid TOML"),
    ],
)
def test_what_cannot_be_is_refused_by_name(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said):
        read_settings(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_settings(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes("# 许可".encode("gb18030"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(tmp_path / "gbk.toml")


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
    max_leaves=4,
)


@given(tables=st.dictionaries(st.sampled_from(["deviation", "massing", "x"]), nested, min_size=1, max_size=2))
def test_any_tables_give_settings_or_a_settings_error(tables: dict[str, object]) -> None:
    said = "here: "
    try:
        assert isinstance(settings_from(tables, "here"), Settings)
    except SettingsError as error:
        said = error.message
    assert said.startswith("here: ")


@pytest.mark.parametrize("text", ["topping-out", "Topping Out", "TOPPING_OUT", "M5", " m5 "])
def test_a_milestone_goes_by_name_or_code(text: str) -> None:
    assert milestone_named(text) is Milestone.TOPPING_OUT


def test_later_milestones_make_more_due() -> None:
    due = [(each.structure_is_whole, each.envelope_is_whole, each.all_is_due) for each in Milestone]
    assert due == sorted(due)
    assert Milestone.STRUCTURE.code == "M4"
    assert not Milestone.STRUCTURE.structure_is_whole
    assert Milestone.TOPPING_OUT.structure_is_whole
    assert not Milestone.TOPPING_OUT.envelope_is_whole
    assert Milestone.ENVELOPE.envelope_is_whole
    assert not Milestone.EXTERNAL_WORKS.all_is_due
    assert Milestone.COMPLETION.all_is_due


@pytest.mark.parametrize("text", ["", "M1", "M10", "later"])
def test_an_unknown_milestone_is_refused_with_those_that_are_known(text: str) -> None:
    with pytest.raises(SettingsError, match=r"give one of foundation \(M2\), "):
        milestone_named(text)
