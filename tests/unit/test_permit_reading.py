"""The permit record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.conformity.permit import read_permit
from twin.errors import PermitError, TwinError

WHOLE = """
[permit]
number = "建字第330100202500001号"
authority = "规划和自然资源局"
holder = "Holder"
project = "Sample"
location = "Site 1"
issued_on = 2025-03-01
crs = "EPSG:4549"
height_datum = "1985 National Height Datum"

[[buildings]]
name = "1#"
use = "office"
storeys_above_ground = 3
storeys_below_ground = 1
storey_heights_m = [4.2, 3, 3.0]
building_height_m = 11.4
outdoor_ground_elevation_m = -0.45
zero_elevation_m = 7.2
top_elevation_m = 10.95
footprint_area_m2 = 700
gross_floor_area_m2 = 2100.5

[drawings]
ifc_sha256 = "%s"
version = "2025-02"
""" % ("Ab" * 32)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "permit.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_whole_permit(tmp_path: Path) -> None:
    permit = read_permit(written(tmp_path, WHOLE))
    assert permit.number == "建字第330100202500001号"
    assert permit.issued_on == date(2025, 3, 1)
    building = permit.buildings[0]
    assert building.storey_heights_m == (4.2, 3.0, 3.0)
    assert building.outdoor_ground_elevation_m == -0.45
    assert building.footprint_area_m2 == 700.0
    assert permit.refers_to("ab" * 32) is True
    assert permit.refers_to("00" * 32) is False


def test_the_least_permit_leaves_the_rest_unknown(tmp_path: Path) -> None:
    permit = read_permit(written(tmp_path, '\ufeff[permit]\nnumber = "1"\n[[buildings]]\nname = "A"\n'))
    assert permit.buildings[0].building_height_m is None
    assert permit.refers_to("ab" * 32) is None
    assert len(permit.sha256) == 64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('number = "建字第330100202500001号"', ""), r"permit\.toml: permit\.number is missing"),
        (('number = "建字第330100202500001号"', "number = 7"), r"permit\.number: input should be a valid string"),
        (('number = "建字第330100202500001号"', 'number = ""'), r"permit\.number: .*at least 1"),
        (("[permit]", '[permit]\ncolour = "red"'), r"unknown key permit\.colour"),
        (("[permit]", '[permit]\nsha256 = "red"'), r"unknown key permit\.sha256"),
        (("[drawings]", "[plans]"), "unknown key plans"),
        (("[[buildings]]", "[other]"), "unknown key other"),
        (('name = "1#"', ""), r"buildings\.1\.name is missing"),
        (("storeys_above_ground = 3", "storeys_above_ground = 3.5"), r"buildings\.1\.storeys_above_ground: "),
        (("storeys_above_ground = 3", "storeys_above_ground = true"), r"buildings\.1\.storeys_above_ground: "),
        (("storeys_above_ground = 3", "storeys_above_ground = 4"), r"storey_heights_m has 3 entries for 4 storeys"),
        (("[4.2, 3, 3.0]", "[4.2, -3, 3.0]"), r"buildings\.1\.storey_heights_m\.2: .*greater than 0"),
        (("[4.2, 3, 3.0]", '"4.2"'), r"buildings\.1\.storey_heights_m: "),
        (("building_height_m = 11.4", 'building_height_m = "11.4 m"'), r"buildings\.1\.building_height_m: .*number"),
        (("building_height_m = 11.4", "building_height_m = inf"), r"buildings\.1\.building_height_m: "),
        (("building_height_m = 11.4", "building_height = 11.4"), r"unknown key buildings\.1\.building_height"),
        (("2025-03-01", '"1 March"'), r"permit\.issued_on: .*date"),
        (("Ab", "xy"), r"drawings\.ifc_sha256: "),
        (("[permit]", "[permit"), "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(PermitError, match=said) as raised:
        read_permit(written(tmp_path, WHOLE.replace(*change)))
    assert raised.value.message.startswith(str(tmp_path))
    assert raised.value.hint
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"has no table \[permit\]"),
        ("permit = 1", r"has no table \[permit\]"),
        ('[permit]\nnumber = "1"', "buildings is missing"),
        ('buildings = []\n[permit]\nnumber = "1"', "buildings: "),
        (WHOLE.encode("gb18030"), "not UTF-8 text: save it as UTF-8"),
        ("a" * 10 + "[" * 5000, "not valid TOML"),
        ("x = " + "[" * 5000, "not valid TOML"),
    ],
)
def test_what_is_no_permit_is_refused(text: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(PermitError, match=said):
        read_permit(written(tmp_path, text))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PermitError, match="No such file"):
        read_permit(tmp_path / "none.toml")
    with pytest.raises(PermitError, match="cannot be read"):
        read_permit(tmp_path)


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_garbage_is_refused_with_one_line(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("garbage") / "permit.toml"
    path.write_bytes(content)
    with pytest.raises(TwinError) as raised:
        read_permit(path)
    assert isinstance(raised.value, PermitError)
