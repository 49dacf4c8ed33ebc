"""``supervision.toml``: every setting has a range, a reason and a use, and one file holds for a project everywhere."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from support import portfolios

from pipelines.described import described
from pipelines.projects.folders import HIDDEN, portfolio_of
from pipelines.projects.index import portfolio
from pipelines.projects.rows import Entry
from pipelines.projects.settings import read_supervision, supervision_of
from pipelines.settings import range_of
from twin.errors import SettingsError
from twin.supervision.settings import SupervisionSettings

JULY = date(2026, 7, 1)
RISKY = {"storey_height_m": 4.8, "use": "mixed", "counted_share": 0.97}


def points_for_use(root: Path, name: str) -> float:
    """Of the score of a project of a portfolio."""
    (entry,) = (each for each in portfolio(root, JULY) if each.folder.name == name)
    assert entry.state is not None
    return next(each.points for each in entry.state.risk.reasons if each.name == "use")


def shown(folder: Path) -> Entry:
    """As `plumbline project show` has it."""
    (entry,) = portfolio(portfolio_of(folder), JULY, only=folder)
    return entry


def test_a_project_has_one_set_of_settings_from_wherever_one_asks(tmp_path: Path) -> None:
    city = tmp_path / "city"
    east = portfolios.write(city / "east" / "p", "P-1", risk=RISKY).folder
    portfolios.write(city / "west" / "q", "P-2", risk=RISKY)
    (city / "supervision.toml").write_text("[risk]\nwatched_use_score = 7.5\n")
    for _ in range(2):  # the second time with the index that the first left there
        assert points_for_use(city / "east", "p") == 7.5
        assert (city / "east" / HIDDEN).is_dir()
        assert portfolio_of(east) == city
        assert shown(east) == portfolio(city / "east", JULY)[0]
        assert supervision_of(east).risk.watched_use_score == 7.5  # by which its findings are followed
    (city / "east" / "supervision.toml").write_text("[risk]\nwatched_use_score = 8.5\n")
    assert [points_for_use(city, name) for name in "pq"] == [8.5, 7.5]
    assert shown(east) in portfolio(city, JULY)
    (city / "supervision.toml").write_text("[risk]\nwatched_use_score = 9.5\n")
    assert [points_for_use(city, name) for name in "pq"] == [8.5, 9.5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[colour]", r"there is no section \[colour\]: the sections are risk, schedule"),
        ("[risk]\nweight = 1", r"risk\.weight: there is no such setting: see docs/reference/supervision\.md"),
        ("[risk]\nhigh_from_score = -1", r"risk\.high_from_score: -1\.0 is out of range: give 0 to 10000"),
        ("[risk]\nhigh_from_score = 10", r"risk: high_from_score lies below medium_from_score"),
        ("[schedule]\nlow_milestones = 'M1'", r"schedule: there is no milestone 'M1'"),
        ("[schedule]\nrandom_share = 2", r"schedule\.random_share: 2\.0 is out of range: give 0 to 1"),
        ("[schedule", "not valid TOML.*supervision"),
    ],
)
def test_wrong_settings_are_refused_by_name(text: str, said: str, tmp_path: Path) -> None:
    portfolios.write(tmp_path / "a", "P-1")
    (tmp_path / "supervision.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        portfolio(tmp_path, JULY)


def test_settings_change_what_they_name(tmp_path: Path) -> None:
    assert read_supervision(tmp_path) == SupervisionSettings()
    (tmp_path / "supervision.toml").write_text("[schedule]\nhigh_patrol_days = 14\n")
    assert read_supervision(tmp_path).schedule.high_patrol_days == 14
    assert read_supervision(tmp_path).risk == SupervisionSettings().risk


PARAMETERS = [
    (section.name, parameter.name)
    for section in fields(SupervisionSettings)
    for parameter in fields(getattr(SupervisionSettings(), section.name))
]


@pytest.mark.parametrize(("section", "name"), PARAMETERS)
def test_every_parameter_has_a_range_a_reason_and_a_use(section: str, name: str, root: Path) -> None:
    stage = getattr(SupervisionSettings(), section)
    limits = range_of(section, name, getattr(stage, name))
    assert limits is None or limits[0] <= getattr(stage, name) <= limits[1]
    assert len(described(type(stage))[1].get(name, "")) > 10
    sources = (root / "twin" / "supervision").rglob("*.py")
    assert any(re.search(rf"(?:settings|self)\.{name}\b", path.read_text(encoding="utf-8")) for path in sources)
