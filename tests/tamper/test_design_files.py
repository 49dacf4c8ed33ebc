from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.ifc_models import ModelWriter, small_building

from twin.design import read_design
from twin.design.model import Design
from twin.errors import DesignError


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    model = small_building("IFC4", "mm", true_north=(0.1, 1.0))
    model.map_conversion(500000.0, 3400000.0, 5.0, (0.9, 0.1), 0.001)
    return model.write(tmp_path_factory.mktemp("whole") / "whole.ifc").read_bytes()


def refusal(path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(DesignError) as caught:
        read_design([path], cores=1)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


def read_or_refused(path: Path, capfd: pytest.CaptureFixture[str]) -> Design | DesignError:
    """What came of reading: a design, or the refusal; nothing is printed either way."""
    outcome: Design | DesignError
    try:
        outcome = read_design([path], cores=1)
    except DesignError as error:
        outcome = error
    assert capfd.readouterr() == ("", "")
    return outcome


def is_sound(outcome: Design | DesignError) -> bool:
    """Whether a design holds finite numbers and whole triangles only, or a refusal is one line with a hint."""
    if isinstance(outcome, DesignError):
        return bool(outcome.hint) and "\n" not in str(outcome)
    vertices, triangles = outcome.surface.vertices, outcome.surface.triangles
    whole = triangles.min(initial=0) >= 0 and triangles.max(initial=-1) < len(vertices)
    return bool(np.isfinite(vertices).all() and whole)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.ifc", b"", "a.ifc: the file is empty"),
        ("a.ifc", b" \n" * 50, "a.ifc: the file holds only blanks"),
        ("a.ifc", b"hello", "a.ifc: not IFC text: no ISO-10303-21 header"),
        ("a.ifc", bytes(range(256)) * 40, "a.ifc: not IFC text: no ISO-10303-21 header"),
        ("a.ifc", b"<?xml version='1.0'?><ifcXML/>", "a.ifc: XML, not IFC text"),
        ("a.ifc", b"LASF" + bytes(400), "a.ifc: a LAS or LAZ point cloud"),
        ("a.ifc", b"%PDF-1.7", "a.ifc: a PDF document"),
        ("a.ifcxml", b"<?xml version='1.0'?>", "a.ifcxml: ifcXML is not read as a design"),
        ("a.IFCXML", b"<?xml version='1.0'?>", "a.IFCXML: ifcXML is not read as a design"),
        ("a.ifcJSON", b"{}", "a.ifcJSON: ifcJSON is not read as a design"),
        ("a.rvt", b"\xd0\xcf\x11\xe0", "a.rvt: a Revit model is not read as a design"),
        ("a.ifc", b"PK\x03\x04broken", "a.ifc: the archive is damaged"),
        ("a.ifczip", b"PK\x05\x06" + bytes(18), "a.ifczip: the archive holds no .ifc file"),
        ("a.ifc", b"ISO-10303-21;\nEND-ISO-10303-21;\n", "a.ifc: the IFC text cannot be parsed"),
    ],
)
def test_what_is_no_ifc_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, data: bytes, message: str
) -> None:
    assert refusal(written(tmp_path / name, data), capfd).startswith(message)


def test_what_is_no_file_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert refusal(tmp_path / "none.ifc", capfd).endswith("none.ifc: no such file: check the path")
    (tmp_path / "folder.ifc").mkdir()
    assert refusal(tmp_path / "folder.ifc", capfd).startswith("folder.ifc: a folder, not a file")


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused_even_if_it_parses(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes, share: float
) -> None:
    text = refusal(written(tmp_path / "a.ifc", whole[: int(len(whole) * share)]), capfd)
    assert text == ("a.ifc: truncated, the closing END-ISO-10303-21 is missing: copy or export the file again")


@pytest.mark.parametrize("schema", ["IFC2X2_FINAL", "AUTOMOTIVE_DESIGN", "IFC9"])
def test_an_unknown_schema_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes, schema: str
) -> None:
    data = whole.replace(b"FILE_SCHEMA(('IFC4'))", f"FILE_SCHEMA(('{schema}'))".encode())
    text = refusal(written(tmp_path / "a.ifc", data), capfd)
    assert schema in text
    assert "IFC2X3, IFC4, IFC4X3" in text


def test_a_file_without_a_project_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes) -> None:
    data = whole[: whole.index(b"DATA;")] + b"DATA;\nENDSEC;\nEND-ISO-10303-21;\n"
    assert refusal(written(tmp_path / "a.ifc", data), capfd).startswith("a.ifc: the file holds no IfcProject")


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries.items():
            target.writestr(name, data)
    return path


def test_an_archive_bomb_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes) -> None:
    bomb = archive(tmp_path / "bomb.ifczip", {"a.ifc": whole + b" " * (64 << 20)})
    assert refusal(bomb, capfd).startswith("bomb.ifczip: unpacks to more than 16 MiB")
    assert bomb.stat().st_size < 200_000


def test_an_encrypted_archive_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes) -> None:
    path = archive(tmp_path / "a.ifczip", {"a.ifc": whole})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(written(path, bytes(data)), capfd).startswith("a.ifczip: the archive is encrypted")


def test_an_archive_that_is_cut_or_flipped_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes
) -> None:
    data = archive(tmp_path / "a.ifczip", {"a.ifc": whole}).read_bytes()
    assert "the archive is damaged" in refusal(written(tmp_path / "cut.ifczip", data[:-200]), capfd)
    flipped = data[:2000] + bytes([data[2000] ^ 0xFF]) + data[2001:]
    assert "the archive is damaged" in refusal(written(tmp_path / "flip.ifczip", flipped), capfd)


def test_archives_of_other_things_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes) -> None:
    none = archive(tmp_path / "none.ifczip", {"readme.txt": b"x", "__MACOSX/._a.ifc": b"x"})
    assert refusal(none, capfd).startswith("none.ifczip: the archive holds no .ifc file")
    two = archive(tmp_path / "two.ifczip", {"a.ifc": whole, "b.ifc": whole})
    assert refusal(two, capfd).startswith("two.ifczip: the archive holds 2 .ifc files")
    cut = archive(tmp_path / "cut.ifczip", {"../../a.ifc": whole[:-100]})
    assert refusal(cut, capfd).startswith("cut.ifczip/../../a.ifc: truncated")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.ifczip", "none.ifczip", "two.ifczip"]


def test_a_file_that_is_damaged_in_the_middle_is_read_apart_or_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes
) -> None:
    lines = whole.split(b"\n")
    point = next(line for line in lines if b"=IFCRECTANGLEPROFILEDEF" in line)
    path = written(tmp_path / "a.ifc", whole.replace(point + b"\n", b""))
    design = read_design([path])
    assert capfd.readouterr() == ("", "")
    assert len(design.elements) == 10
    assert design.notes[0].startswith("a.ifc: the text is damaged in ")
    assert any("no surface could be made from the body of 1 Ifc" in note for note in design.notes)


def test_bodies_that_lost_their_context_are_read_whole_and_the_damage_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes
) -> None:
    data = re.sub(rb"^#\d+=IFCGEOMETRICREPRESENTATIONSUBCONTEXT.*\n", b"", whole, flags=re.MULTILINE)
    sound = read_design([written(tmp_path / "whole.ifc", whole)], cores=1)
    design = read_design([written(tmp_path / "a.ifc", data)], cores=1)
    assert capfd.readouterr() == ("", "")
    assert [element.global_id for element in design.elements] == [element.global_id for element in sound.elements]
    assert np.array_equal(design.surface.triangles, sound.surface.triangles)
    assert design.notes[0].startswith("a.ifc: the text is damaged in ")


def test_placements_that_run_in_circles_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = small_building()
    first, second = (s.ObjectPlacement for s in model.file.by_type("IfcBuildingStorey")[:2])
    first.PlacementRelTo, second.PlacementRelTo = second, first
    assert "a.ifc: placements run in a circle at #" in refusal(model.write(tmp_path / "a.ifc"), capfd)


def test_wholes_that_are_parts_of_themselves_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = ModelWriter()
    walls = [model.box("IfcWall", f"{i}", (i * 5, 0, 0), (i * 5 + 4, 0.3, 3)) for i in range(2)]
    model.assemble(walls[0], [walls[1]])
    model.assemble(walls[1], [walls[0]])
    assert "a.ifc: wholes and parts run in a circle at #" in refusal(model.write(tmp_path / "a.ifc"), capfd)


def test_shapes_that_are_mapped_to_themselves_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = ModelWriter()
    shape = model.box("IfcWall", "Wall", (0, 0, 0), (4, 0.3, 3)).Representation.Representations[0]
    origin = model.file.by_type("IfcAxis2Placement3D")[0]
    source = model.file.create_entity("IfcRepresentationMap", origin, shape)
    target = model.file.create_entity(
        "IfcCartesianTransformationOperator3D", LocalOrigin=model.file.by_type("IfcCartesianPoint")[0]
    )
    shape.Items = [*shape.Items, model.file.create_entity("IfcMappedItem", source, target)]
    assert "a.ifc: mapped shapes run in a circle at #" in refusal(model.write(tmp_path / "a.ifc"), capfd)


def test_operands_that_contain_themselves_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = ModelWriter()
    shape = model.box("IfcWall", "Wall", (0, 0, 0), (4, 0.3, 3)).Representation.Representations[0]
    cut = model.file.create_entity("IfcBooleanResult", "UNION", shape.Items[0], shape.Items[0])
    cut.SecondOperand = cut
    shape.Items = [cut]
    assert "a.ifc: Boolean operands run in a circle at #" in refusal(model.write(tmp_path / "a.ifc"), capfd)


@pytest.mark.parametrize("seed", range(40))
def test_references_at_random_never_bring_more_than_a_refusal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes, seed: int
) -> None:
    """References are changed to other entities that exist: what is damaged worse is read in a child process."""
    rng = random.Random(seed)
    data = bytearray(whole)
    references = [m for m in re.finditer(rb"#\d+", whole) if whole[m.start() - 1 : m.start()] != b"\n"]
    for old in sorted(rng.sample(references, 6), key=lambda m: -m.start()):
        data[old.start() : old.end()] = rng.choice(references).group()
    assert is_sound(read_or_refused(written(tmp_path / "a.ifc", bytes(data)), capfd))


@pytest.mark.parametrize("value", [b"1.E308", b"-1.E300", b"0.", b"-5.", b"$", b"1.E-300", b"'x'", b"()"])
@pytest.mark.parametrize("seed", range(4))
def test_numbers_at_random_never_bring_more_than_a_refusal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], whole: bytes, value: bytes, seed: int
) -> None:
    rng = random.Random(seed)
    data = bytearray(whole)
    numbers = [m for m in re.finditer(rb"-?\d+\.\d*", whole) if m.start() > whole.index(b"DATA;")]
    for old in sorted(rng.sample(numbers, 4), key=lambda m: -m.start()):
        data[old.start() : old.end()] = value
    assert is_sound(read_or_refused(written(tmp_path / "a.ifc", bytes(data)), capfd))


def test_a_device_is_no_design(tmp_path: Path) -> None:
    endless = tmp_path / "endless.ifc"
    endless.symlink_to("/dev/zero")
    for cache in (None, tmp_path / "cache"):
        with pytest.raises(DesignError, match="is a device or a pipe"):
            read_design([endless], cache)
