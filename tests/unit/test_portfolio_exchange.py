"""Map files and tables of a portfolio, read back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyproj
import pytest
import shapely
from support.portfolio_states import CENTRE, TODAY, city

from twin.evidence.case import FolderError
from twin.supervision.exchange import write_geojson, write_tables
from twin.supervision.exchange.places import CGCS2000_NOTE, centre, on_map, to_degrees, to_grid
from twin.supervision.model import ProjectState, Unreadable
from twin.supervision.portfolio import figures
from twin.supervision.records import Place


@pytest.fixture(scope="module")
def states() -> list[ProjectState]:
    return city(40, 5)


def moved_to(state: ProjectState, crs: str, place: tuple[float, float] | None = None) -> ProjectState:
    """The project as a point in another system."""
    assert state.project.place is not None
    east, north = place or (state.project.place.easting, state.project.place.northing)
    record = state.project.model_copy(update={"place": Place(easting=east, northing=north, crs=crs)})
    return replace(state, project=record, map_outline=(), map_crs=crs)


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def test_places_come_back_from_degrees_within_a_millimetre(states: list[ProjectState], tmp_path: Path) -> None:
    write_geojson(states, tmp_path)
    back = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True)
    features = read(tmp_path / "projects.geojson")["features"]
    footprints = 0
    for state, feature in zip(states, features, strict=True):
        shape = shapely.geometry.shape(feature["geometry"])
        place = state.project.place
        wanted = (
            shapely.Polygon(state.map_outline) if state.map_outline else shapely.Point(place.easting, place.northing)
        )
        found = shapely.transform(shape, lambda xy: [back.transform(*each) for each in xy])
        assert shapely.hausdorff_distance(found, wanted) < 0.001
        footprints += shape.geom_type == "Polygon"
    assert 0 < footprints < len(states)


def test_longitude_comes_first_and_rings_are_closed_with_the_inside_on_the_left(
    states: list[ProjectState], tmp_path: Path
) -> None:
    turned = [replace(state, map_outline=tuple(reversed(state.map_outline))) for state in states]
    write_geojson(turned, tmp_path)
    document = read(tmp_path / "projects.geojson")
    assert "crs" not in document  # RFC 7946 took it away: WGS 84 is understood
    for feature in document["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        longitude, latitude = shape.centroid.coords[0]
        assert 119.5 < longitude < 121.0
        assert 29.5 < latitude < 31.0
        if shape.geom_type == "Polygon":
            assert shape.exterior.is_closed
            assert shape.exterior.is_ccw


def test_findings_lie_on_their_buildings(states: list[ProjectState], tmp_path: Path) -> None:
    write_geojson(states, tmp_path)
    buildings = {
        feature["properties"]["number"]: shapely.geometry.shape(feature["geometry"])
        for feature in read(tmp_path / "projects.geojson")["features"]
    }
    found = read(tmp_path / "findings.geojson")["features"]
    assert len(found) == sum(len(state.findings) for state in states)
    for feature in found:
        outline = shapely.geometry.shape(feature["geometry"])
        assert buildings[feature["properties"]["project"]].buffer(1e-8).covers(outline)


def test_a_finding_without_a_known_place_has_no_geometry(states: list[ProjectState], tmp_path: Path) -> None:
    lost = [replace(state, map_from_design=None) for state in states]
    notes = write_geojson(lost, tmp_path)
    features = read(tmp_path / "findings.geojson")["features"]
    assert {feature["geometry"] for feature in features} == {None}
    assert f"{len(features)} of {len(features)} findings have no place on the map" in notes


def test_cgcs2000_stands_for_wgs84_and_says_so(states: list[ProjectState], tmp_path: Path) -> None:
    assert write_geojson(states, tmp_path) == (CGCS2000_NOTE,)


def test_findings_alone_on_the_map_say_of_which_system_they_are(states: list[ProjectState], tmp_path: Path) -> None:
    lost = [
        replace(state, project=state.project.model_copy(update={"place": None}), map_outline=())
        for state in states
        if state.findings
    ]
    assert write_geojson(lost, tmp_path) == (
        CGCS2000_NOTE,
        f"{len(lost)} of {len(lost)} projects have no place on the map",
    )


def test_a_system_with_a_known_way_needs_no_remark(states: list[ProjectState], tmp_path: Path) -> None:
    utm = moved_to(states[0], "EPSG:32651", (230_000.0, 3_350_000.0))
    assert write_geojson([utm], tmp_path) == ()
    (feature,) = read(tmp_path / "projects.geojson")["features"]
    back = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32651", always_xy=True)
    assert math.dist(back.transform(*feature["geometry"]["coordinates"]), (230_000.0, 3_350_000.0)) < 0.001


def test_a_citys_own_system_keeps_its_coordinates_and_is_named(states: list[ProjectState], tmp_path: Path) -> None:
    own = [moved_to(state, "LOCAL: city 2000", (1_000.0 + i, 2_000.0)) for i, state in enumerate(states)]
    notes = write_geojson(own, tmp_path)
    document = read(tmp_path / "projects.geojson")
    assert document["crs"]["properties"]["name"] == "LOCAL: city 2000"
    assert document["features"][3]["geometry"] == {"type": "Point", "coordinates": [1_003.0, 2_000.0]}
    assert any("LOCAL: city 2000" in note for note in notes)


def test_among_known_systems_an_unknown_one_has_no_geometry(states: list[ProjectState], tmp_path: Path) -> None:
    write_geojson([states[0], moved_to(states[1], "LOCAL: x")], tmp_path)
    first, second = read(tmp_path / "projects.geojson")["features"]
    assert first["geometry"] is not None
    assert second["geometry"] is None
    assert second["properties"]["map_crs"] == "LOCAL: x"


@pytest.mark.parametrize("place", [(CENTRE[1], CENTRE[0]), (1e9, 1e9), (40_520_000.0, 3_350_000.0)])
def test_coordinates_outside_their_system_are_not_put_anywhere(place: tuple[float, float]) -> None:
    way = to_degrees("EPSG:4549")
    assert way is not None
    assert way.of([place]) is None


@pytest.mark.parametrize("crs", [None, "", "LOCAL: x", "+proj=merc +nadgrids=/etc/passwd", "EPSG:4326", "EPSG:99999"])
def test_what_is_no_map_system_has_no_way(crs: str | None) -> None:
    assert to_degrees(crs) is None
    assert to_grid(crs, "EPSG:4549") is None


def test_neighbouring_belts_agree() -> None:
    way, back = to_grid("EPSG:4549", "EPSG:4548"), to_grid("EPSG:4548", "EPSG:4549")
    assert way is not None
    assert back is not None
    seam = (356_000.0, 3_350_000.0)  # at 118.5 degrees, where the belts meet
    over = way.of([seam])
    assert over is not None
    assert 600_000.0 < over[0][0] < 700_000.0
    assert math.dist((back.of(over) or ((0.0, 0.0),))[0], seam) < 1e-4


def test_the_middle_of_an_outline_is_that_of_its_area() -> None:
    ell = [(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (1.0, 1.0), (1.0, 4.0), (0.0, 4.0)]
    shifted = [(x + CENTRE[0], y + CENTRE[1]) for x, y in ell]
    assert math.dist(centre(shifted), shapely.Polygon(shifted).centroid.coords[0]) < 1e-6
    assert centre([(1.0, 2.0)]) == (1.0, 2.0)


def test_tables_come_back_as_they_were(states: list[ProjectState], tmp_path: Path) -> None:
    counted = figures(states, TODAY)
    write_tables(states, counted, tmp_path)
    projects = pl.read_parquet(tmp_path / "projects.parquet")
    assert projects["number"].to_list() == [state.project.number for state in states]
    assert projects["confirmed"].sum() == counted.rates["confirmed"].of
    assert projects["leads"].sum() == counted.rates["confirmed"].among
    assert pl.read_parquet(tmp_path / "findings.parquet").height == sum(len(state.findings) for state in states)
    assert pl.read_parquet(tmp_path / "inspections.parquet")["verdict"].count() == counted.rates["failed"].among - (
        counted.rates["failed"].of
    )
    rows = pl.read_parquet(tmp_path / "figures.parquet").filter(pl.col("part") == "all")
    assert dict(zip(rows["figure"], zip(rows["of"], rows["among"], strict=True), strict=True)) == {
        name: (rate.of, rate.among) for name, rate in counted.rates.items()
    }
    assert rows.filter(pl.col("low_95").is_not_null())["figure"].to_list() == ["dismissed"]


def test_tables_name_what_cannot_be_read_and_say_in_chinese_what_they_count(
    states: list[ProjectState], tmp_path: Path
) -> None:
    lost = Unreadable("north/b", None, "north/b/project.toml: not valid TOML")
    write_tables(states, figures(states, TODAY, [lost]), tmp_path, "zh")
    assert pl.read_parquet(tmp_path / "unreadable.parquet").rows() == [("north/b", None, lost.why)]
    rows = pl.read_parquet(tmp_path / "figures.parquet")
    (row,) = rows.filter(pl.col("figure") == "unreadable").rows(named=True)
    assert (row["of"], row["among"]) == (1, len(states) + 1)
    assert all(any(ord(letter) >= 0x2E80 for letter in text) for text in rows["meaning"])


def test_csv_says_the_same_as_parquet(states: list[ProjectState], tmp_path: Path) -> None:
    write_tables(states, figures(states, TODAY), tmp_path)
    for name in ("projects", "inspections", "findings", "figures"):
        assert (tmp_path / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        whole = pl.read_parquet(tmp_path / f"{name}.parquet")
        text = pl.read_csv(tmp_path / f"{name}.csv", schema_overrides=dict(whole.schema))
        assert text.equals(whole), name


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_csv_holds_no_formula_and_parquet_the_name_as_it_is(
    sign: str, states: list[ProjectState], tmp_path: Path
) -> None:
    name = f'{sign}HYPERLINK("x")'
    state = replace(states[0], project=states[0].project.model_copy(update={"name": name, "district": name}))
    write_tables([state], figures([state], TODAY), tmp_path)
    assert pl.read_csv(tmp_path / "projects.csv")["name"][0] == f"'{name}"
    figure_parts = pl.read_csv(tmp_path / "figures.csv")["of_part"]
    assert not any((part or "").startswith(sign) for part in figure_parts)
    assert pl.read_parquet(tmp_path / "projects.parquet")["name"][0] == name


def test_the_same_states_give_the_same_bytes(states: list[ProjectState], tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        write_tables(states, figures(states, TODAY), folder)
        write_geojson(states, folder)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert len(list((tmp_path / "one").iterdir())) == 12


def test_an_empty_portfolio_makes_whole_files(tmp_path: Path) -> None:
    write_tables([], figures([], TODAY), tmp_path)
    assert write_geojson([], tmp_path) == ()
    assert read(tmp_path / "projects.geojson") == {"type": "FeatureCollection", "features": []}
    assert pl.read_parquet(tmp_path / "projects.parquet").height == 0


def test_a_place_that_cannot_be_written_is_told_in_one_line(states: list[ProjectState], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FolderError, match="cannot be written"):
        write_tables(states, figures(states, TODAY), tmp_path / "file")
    with pytest.raises(FolderError, match="cannot be written"):
        write_geojson(states, tmp_path / "file")


def test_an_outline_follows_its_design_onto_the_map(states: list[ProjectState]) -> None:
    state = next(state for state in states if state.findings)
    found = on_map(state, state.findings[0])
    sides = [math.dist(a, b) for a, b in zip(found, [*found[1:], found[0]], strict=True)]
    outline = state.findings[0].outline
    wanted = [math.dist(a, b) for a, b in zip(outline, [*outline[1:], outline[0]], strict=True)]
    assert sides == pytest.approx(wanted, abs=1e-6)
