from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.ifc_models import small_building

import twin.design.reading
from twin.design import read_design
from twin.design.model import Design


@pytest.fixture
def model(tmp_path: Path) -> Path:
    building = small_building("IFC4", "mm", true_north=(0.1, 1.0))
    building.map_conversion(512345.0, 3412345.0, 4.5, scale=0.001, crs="Site grid")
    building.box("IfcFurniture", "Tisch ü 桌", (1, 1, 0), (2, 2, 0.8))
    building.element("IfcWall", "Bare", [])
    return building.write(tmp_path / "a.ifc")


def same(one: Design, other: Design) -> bool:
    arrays = ("vertices", "triangles", "element")
    return (
        all(getattr(one.surface, a).tobytes() == getattr(other.surface, a).tobytes() for a in arrays)
        and np.array_equal(one.georeference.map_from_design, other.georeference.map_from_design)
        and one.georeference.conflicts == other.georeference.conflicts
        and one.georeference.true_north_deg == other.georeference.true_north_deg
        and (one.files, one.name, one.elements) == (other.files, other.name, other.elements)
        and (one.storeys, one.notes) == (other.storeys, other.notes)
    )


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the file was parsed")

    monkeypatch.setattr(twin.design.reading, "tessellated", refuse)
    monkeypatch.setattr(twin.design.reading, "opened", refuse)


def test_a_second_run_neither_parses_nor_meshes(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_design([model], tmp_path / "cache")
    forbid_reading(monkeypatch)
    second = read_design([model], tmp_path / "cache")
    assert same(first, second)
    assert second.georeference.conflicts
    assert second.notes
    assert [type(e.storey) for e in second.elements] == [type(e.storey) for e in first.elements]


def test_the_cache_changes_nothing(model: Path, tmp_path: Path) -> None:
    assert same(read_design([model]), read_design([model], tmp_path / "cache"))


def test_a_changed_file_is_read_anew(model: Path, tmp_path: Path) -> None:
    read_design([model], tmp_path / "cache")
    small_building(floors=3).write(model)
    assert len(read_design([model], tmp_path / "cache").storeys) == 4
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_the_same_bytes_elsewhere_are_found(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_design([model], tmp_path / "cache")
    moved = tmp_path / "elsewhere" / model.name
    moved.parent.mkdir()
    moved.write_bytes(model.read_bytes())
    forbid_reading(monkeypatch)
    assert same(first, read_design([moved], tmp_path / "cache"))


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flip(data: bytes) -> bytes:
    middle = len(data) // 3
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", [_cut, _flip, lambda _: b"", lambda _: b"PK\x03\x04 nonsense" * 99])
def test_a_damaged_cache_is_replaced(model: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    first = read_design([model], tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert same(first, read_design([model], tmp_path / "cache"))
    assert kept.read_bytes() == whole


def test_a_cache_that_does_not_fit_itself_is_replaced(model: Path, tmp_path: Path) -> None:
    first = read_design([model], tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    with np.load(kept) as arrays:
        changed = dict(arrays) | {"triangles": arrays["triangles"] + 10_000}
    np.savez(kept, **changed)
    assert same(first, read_design([model], tmp_path / "cache"))


def test_a_folder_that_cannot_be_written_does_no_harm(model: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    assert same(read_design([model]), read_design([model], blocked))


def test_no_temporary_file_is_left(model: Path, tmp_path: Path) -> None:
    read_design([model], tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    assert kept.name.startswith("design-")
    assert kept.suffix == ".npz"
