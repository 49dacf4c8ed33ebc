"""The dashboard's file: what it carries, and that it carries nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.portfolio_states import CRS, TODAY, city

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind
from twin.errors import EvidenceError, SettingsError
from twin.phrases import phrase
from twin.supervision import counting
from twin.supervision.dashboard import page, write_dashboard
from twin.supervision.dashboard.facts import COLOURS, facts_of
from twin.supervision.dashboard.ground import ground_of
from twin.supervision.dashboard.wording import words_of
from twin.supervision.model import ProjectState, Reason, Unreadable
from twin.supervision.portfolio import Status, figures, rates_of
from twin.supervision.records import Place
from twin.supervision.states import Standing, State, Tier


@pytest.fixture(scope="module")
def states() -> list[ProjectState]:
    return city(60, 2)


def facts(states: list[ProjectState]) -> dict[str, Any]:
    return facts_of(states, TODAY, title="City", language="en", address_of=lambda _: None)


def written(path: Path, states: list[ProjectState], title: str = "City") -> str:
    write_dashboard(states, TODAY, path, title=title)
    return path.read_text("utf-8")


def carried(text: str) -> dict[str, Any]:
    """The facts of a written page."""
    found = re.search(r'<script type="application/zlib" id="facts">([^<]*)</script>', text)
    assert found is not None
    value: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return value


def test_bits_count_to_the_figures(states: list[ProjectState]) -> None:
    told = facts(states)
    things = {
        "project": [each["counts"] for each in told["projects"]],
        "check": [check for each in told["projects"] for check in each["checks"]],
        "inspection": [one["counts"] for each in told["projects"] for one in each["inspections"]],
        "finding": [one["counts"] for each in told["projects"] for one in each["findings"]],
    }
    summed = {
        name: tuple(sum(counts[side] >> bit & 1 for counts in things[unit]) for side in (0, 1))
        for unit, names in told["rates"].items()
        for bit, name in enumerate(names)
    }
    assert summed == {name: (rate.of, rate.among) for name, rate in rates_of(states, TODAY).items()}


def test_the_page_carries_these_facts(states: list[ProjectState], tmp_path: Path) -> None:
    told = carried(written(tmp_path / "p.html", states))
    assert told == json.loads(json.dumps(facts(states)))
    assert len(told["projects"]) == 60


def test_the_policy_names_every_script_and_style_by_digest(states: list[ProjectState], tmp_path: Path) -> None:
    text = written(tmp_path / "p.html", states)
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert found is not None
    assert "default-src 'none'" in found[1]
    assert "unsafe" not in found[1]
    assert "http" not in found[1]
    bodies = re.findall(r"<script>(.*?)</script>", text, re.S) + re.findall(r"<style>(.*?)</style>", text, re.S)
    assert len(bodies) == 3
    for body in bodies:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" in found[1]


def test_licences_travel_with_the_charts(states: list[ProjectState], tmp_path: Path) -> None:
    text = written(tmp_path / "p.html", states)
    for needed in ("Apache License", "This product includes software developed at", "Mike Bostock", "Baidu"):
        assert needed in text


def test_hostile_names_are_data_alone(states: list[ProjectState], tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    record = states[0].project.model_copy(update={"name": evil, "number": evil, "district": evil})
    plain = written(tmp_path / "plain.html", states)
    text = written(tmp_path / "p.html", [replace(states[0], project=record), *states[1:]], title=evil)
    for tag in ("<script", "</script", "<img"):
        assert text.count(tag) == plain.count(tag), tag
    assert carried(text)["projects"][0]["name"] == evil


def test_the_same_states_give_the_same_bytes(states: list[ProjectState], tmp_path: Path) -> None:
    assert written(tmp_path / "a.html", states) == written(tmp_path / "b.html", states)


def test_both_languages_say_everything() -> None:
    english, chinese = words_of("en"), words_of("zh")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert text, key
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", chinese[key])), key
    tables = (counting.PROJECT_RATES, counting.CHECK_RATES, counting.INSPECTION_RATES, counting.FINDING_RATES)
    needed = {f"rate.{each.name}{end}" for table in tables for each in table for end in ("", ".among", ".means")}
    for group, names in (("status", Status), ("status_brief", Status), ("tier", Tier), ("state", State)):
        needed |= {f"{group}.{name.value}" for name in names}
    needed |= {f"rate.unreadable{end}" for end in ("", ".among", ".means")}
    needed |= {f"standing.{name.value}" for name in Standing} | {f"milestone.{name.value}" for name in Milestone}
    assert needed <= english.keys()


def test_words_shared_with_the_viewer_name_every_kind_and_verdict(states: list[ProjectState]) -> None:
    for words in facts(states)["words"].values():
        assert {f"kind.{kind.value}" for kind in Kind} <= words.keys()
        assert {f"short.{verdict.value}" for verdict in FindingVerdict} <= words.keys()


def test_nothing_is_called_illegal_but_to_say_who_decides() -> None:
    for language, banned in (("en", "illegal"), ("zh", "违法")):
        said = {key for key, text in words_of(language).items() if banned in text.lower()}
        assert said <= {"about"}


def test_every_status_has_a_colour_and_not_observed_that_of_the_pictures() -> None:
    assert set(COLOURS) == set(Status)
    assert COLOURS[Status.UNDECIDED] != COLOURS[Status.CONSISTENT]


def test_places_are_those_of_the_records_from_a_round_origin(states: list[ProjectState]) -> None:
    ground = ground_of(states)
    assert ground.crs == CRS
    assert ground.origin[0] % 1000.0 == ground.origin[1] % 1000.0 == 0.0
    for state, places in zip(states, ground.places, strict=True):
        wanted = state.map_outline or ((state.project.place.easting, state.project.place.northing),)
        for found, place in zip(places, wanted, strict=True):
            assert found == pytest.approx((place[0] - ground.origin[0], place[1] - ground.origin[1]), abs=0.006)


def test_places_in_systems_without_a_known_way_are_left_off_the_map(states: list[ProjectState]) -> None:
    record = states[0].project.model_copy(update={"place": Place(easting=1.0, northing=2.0, crs="LOCAL: x")})
    ground = ground_of([replace(states[0], project=record, map_outline=()), *states[1:]])
    assert ground.places[0] == ()
    assert all(ground.places[1:])
    nowhere = states[0].project.model_copy(update={"place": None})
    assert ground_of([replace(states[0], project=nowhere, map_outline=())]).crs is None


def test_a_missing_bundle_a_strange_language_and_an_unwritable_place_are_refused(
    states: list[ProjectState], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="'fr'"):
        write_dashboard(states, TODAY, tmp_path / "p.html", title="City", language="fr")
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_dashboard(states, TODAY, Path(__file__) / "p.html", title="City")
    monkeypatch.setattr(page, "_HERE", tmp_path)
    with pytest.raises(EvidenceError, match="make setup"):
        write_dashboard(states, TODAY, tmp_path / "p.html", title="City")


def test_amounts_are_those_of_the_figures(states: list[ProjectState]) -> None:
    additions = [one for each in facts(states)["projects"] for one in each["findings"] if one["addition"]]
    area = figures(states, TODAY).amounts["area_m2"]
    assert len(additions) == area.among
    assert sum(each["area"] or 0.0 for each in additions) == pytest.approx(area.total)
    still = [one for each in facts(states)["projects"] for one in each["findings"] if one["standing_addition"]]
    standing = figures(states, TODAY).amounts["area_m2_standing"]
    assert len(still) == standing.among < area.among
    assert sum(each["area"] or 0.0 for each in still) == pytest.approx(standing.total)


def test_the_page_names_what_cannot_be_read_and_says_reasons_in_both_languages(
    states: list[ProjectState], tmp_path: Path
) -> None:
    why = phrase("a storey is {height:.2f} m high: another floor fits in", height=5.4)
    risk = replace(states[0].risk, reasons=(Reason("storey_height", why, 30.0),))
    path = tmp_path / "p.html"
    lost = Unreadable("north/b", None, "north/b/project.toml: not valid TOML")
    write_dashboard([replace(states[0], risk=risk)], TODAY, path, title="City", unreadable=[lost])
    told = carried(path.read_text("utf-8"))
    assert told["unreadable"] == [["north/b", lost.why]]
    ((reason, points),) = told["projects"][0]["reasons"]
    assert (reason["en"], points) == (str(why), 30.0)
    assert reason["zh"] == "层高 5.40 m，可插入楼层"
