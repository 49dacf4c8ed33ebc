"""The viewer's file: whole, closed to the outside, the same each time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.scenes import duplex, hostile, inspection_of, small_building

from twin.errors import EvidenceError, SettingsError
from twin.evidence.scene import Scene
from twin.evidence.viewer import glyphs, page, write_viewer

TEXTS = Path(page.__file__).parent / "texts"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return small_building(3000)


def written(scene: Scene, folder: Path, **options: Any) -> str:
    path = folder / "viewer.html"
    write_viewer(scene, path, **options)
    return path.read_text("utf-8")


def facts_in(text: str) -> dict[str, Any]:
    found = re.search(r'id="facts">([^<]*)<', text)
    assert found
    return dict(json.loads(zlib.decompress(base64.b64decode(found[1]))))


def test_the_same_scene_gives_the_same_bytes(scene: Scene, tmp_path: Path) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    write_viewer(scene, first, inspection=inspection_of(scene))
    write_viewer(small_building(3000), second, inspection=inspection_of(scene))
    assert first.read_bytes() == second.read_bytes()
    assert set(tmp_path.iterdir()) == {first, second}


def test_the_policy_names_every_script_and_style_by_digest(scene: Scene, tmp_path: Path) -> None:
    text = written(scene, tmp_path)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    allowed = set(re.findall(r"'sha256-([^']+)'", policy[1]))
    blocks = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", text, re.DOTALL)
    digests = {base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in blocks}
    assert len(blocks) == 3
    assert allowed == digests
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]


def test_nothing_is_loaded_from_elsewhere(scene: Scene, tmp_path: Path) -> None:
    text = written(scene, tmp_path)
    outside = re.sub(r"<script>.*</script>", "", text, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href)\s*=", outside)
    assert not re.findall(r"url\((?!data:)", outside)


def test_hostile_texts_never_become_markup(scene: Scene, tmp_path: Path) -> None:
    text = written(hostile(scene), tmp_path, inspection=inspection_of(scene))
    assert "<img" not in text
    assert text.count("<script>") == 1
    assert "&lt;/script&gt;&lt;script&gt;window.harmed=1" in text
    assert facts_in(text)["elements"]["name"][0].startswith("</script><script>window.harmed=1")


def test_what_the_page_says_is_what_the_scene_holds(scene: Scene, tmp_path: Path) -> None:
    facts = facts_in(written(scene, tmp_path, language="zh", inspection=inspection_of(scene)))
    assert facts["language"] == "zh"
    assert [finding["id"] for finding in facts["findings"]] == [f"F-00{n}" for n in range(1, 6)]
    assert facts["findings"][0]["uncertainty"] == {"area_m2": 0.4, "volume_m3": 1.6, "height_m": 0.012}
    assert facts["findings"][2]["elements"] == [
        e.index for e in scene.design.elements if e.name.startswith("East") and e.name.split()[2][0] == "0"
    ]
    assert facts["bodies"]["is_box"] == [False, False, True, False, False]
    assert sum(block["columns"][0]["rows"] for block in facts["cloud"]) == len(scene.points)
    assert facts["inspection"]["registration"]["status"] == "accepted"
    assert facts["elements"]["deviation_m"][0] is None
    assert facts["origin"] == [7, 4, 3]


def test_numbers_that_are_none_arrive_as_null(scene: Scene, tmp_path: Path) -> None:
    odd = replace(scene.findings[0], area_m2=float("nan"), confidence=float("inf"))
    facts = facts_in(written(replace(scene, findings=(odd,)), tmp_path))
    assert facts["findings"][0]["area_m2"] is None
    assert facts["findings"][0]["confidence"] is None


def test_a_scene_without_points_findings_or_model_is_written(scene: Scene, tmp_path: Path) -> None:
    surface = replace(
        scene.design.surface,
        vertices=np.zeros((0, 3)),
        triangles=np.zeros((0, 3), dtype=np.int32),
        element=np.zeros(0, dtype=np.int32),
    )
    bare = replace(
        scene,
        findings=(),
        storeys=(),
        design=replace(scene.design, elements=(), storeys=(), surface=surface),
        element_results=(),
        points=np.zeros((0, 3)),
        point_deviation=np.zeros(0, dtype=np.float32),
        point_class=np.zeros(0, dtype=np.uint8),
        point_rgb=None,
        point_finding=np.zeros(0, dtype=np.int32),
        point_station=np.zeros(0, dtype=np.int32),
        captured_on=None,
        map_from_design=None,
        crs=None,
    )
    facts = facts_in(written(bare, tmp_path))
    assert facts["cloud"] == []
    assert facts["origin"] == [0, 0, 0]


def test_pictures_travel_inside_the_page(scene: Scene, tmp_path: Path) -> None:
    Image.new("RGB", (1600, 900), (200, 40, 30)).save(tmp_path / "F-001-close.png")
    (tmp_path / "case" / "pictures").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(tmp_path / "case" / "pictures" / "F-002.png")
    inspection = inspection_of(scene)
    inspection["findings"][0]["pictures"] = ["pictures/F-001-close.png", "pictures/absent.png"]
    inspection["findings"][1]["pictures"] = ["pictures/F-002.png", "../F-001-close.png"]
    case = facts_in(written(scene, tmp_path, inspection=inspection, picture_folder=tmp_path / "case"))
    assert [[p["name"] for p in finding["pictures"]] for finding in case["findings"][:2]] == [[], ["F-002"]]
    facts = facts_in(written(scene, tmp_path, inspection=inspection, picture_folder=tmp_path))
    (picture,) = facts["findings"][0]["pictures"]
    assert picture["name"] == "F-001-close"
    assert picture["data"].startswith("data:image/jpeg;base64,")
    (tmp_path / "F-001-close.png").write_text("no picture")
    with pytest.raises(EvidenceError, match=r"F-001-close\.png: not a picture"):
        write_viewer(scene, tmp_path / "v.html", inspection=inspection, picture_folder=tmp_path)


def test_a_missing_bundle_says_what_to_run(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_HERE", tmp_path)
    with pytest.raises(EvidenceError, match="make setup"):
        write_viewer(scene, tmp_path / "viewer.html")


def file_in_the_way(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file"


def test_an_unknown_language_and_an_unwritable_place_are_refused(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'fr'"):
        write_viewer(scene, tmp_path / "viewer.html", language="fr")
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_viewer(scene, file_in_the_way(tmp_path) / "viewer.html")


def test_both_languages_say_everything() -> None:
    english, chinese = (json.loads((TEXTS / f"{name}.json").read_text("utf-8")) for name in ("en", "zh"))
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert text, key
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", chinese[key])), key
    assert chinese["verdict.inconsistent"] == "与许可不一致（疑似）"
    assert "违法" not in "".join(chinese.values())


def test_the_font_holds_the_glyphs_asked_for_and_no_others() -> None:
    import io

    from fontTools.ttLib import TTFont

    characters = glyphs.carried_characters(["abc 加建楼层", "楼层（疑似）"])
    assert characters == "".join(sorted(set("加建楼层（疑似）")))
    data = glyphs.font_with(characters)
    assert data[:4] == b"wOF2"
    assert len(data) < 8000
    assert set(TTFont(io.BytesIO(data)).getBestCmap()) == {ord(char) for char in characters}


@pytest.mark.sites
def test_a_real_house_with_300_000_points_stays_under_six_megabytes(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "viewer.html"
    write_viewer(duplex(data / "models" / "Duplex_A_20110907.ifc"), path)
    assert path.stat().st_size < 6_000_000
