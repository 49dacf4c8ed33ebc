"""The window: layers, findings one by one, a cut along the height, distances between what is pointed at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes, Floats
from twin.conformity.model import FindingVerdict, Kind
from twin.evidence.desktop.finished import FinishedCase
from twin.evidence.desktop.texts import TEXTS
from twin.evidence.pictures.facades import ramp
from twin.evidence.pictures.lettering import font_path, wrapped
from twin.evidence.pictures.palette import INK, POINT, unit
from twin.evidence.pictures.words import words
from twin.evidence.quantities import quantity
from twin.evidence.scene import PointClass
from twin.evidence.schema import FindingPart
from twin.evidence.viewer.wording import words_of

LAYERS = {
    "design": "layer.model",
    "not_observed": "layer.unseen",
    "additions": "layer.added",
    "removals": "layer.removed",
    "moved": "layer.moved",
    "objects": "layer.object",
    "survey": "layer.points",
}
"""Layers, and what the viewer calls them."""
_BY_DEVIATION = (PointClass.AS_DESIGNED, PointClass.DEVIATING)
_RANGE = 5.0
"""Tolerances at either end of the colours, as in the viewer."""
_SIZE = (1440, 900)
_BOX_PX, _GAP_PX = 22, 30
_VIEW = np.array([-0.62, -0.68, 0.42])
"""The way from what is looked at to the eye."""
_NEAR, _FAR = 2.8, 1.5
"""Distance of the eye in diagonals of a finding, of the whole."""
_LEAST_M = 6.0
_LETTERS_PT = 11
_CARD_MM, _MOST_LINES = 92.0, 6
_MOST_LISTED = 24
_CARD, _MEASURED, _IMPRINT = (0.69, 0.985), (0.35, 0.06), (0.01, 0.01)
"""Where lettering stands, in shares of the window."""
_HIDDEN = ("objects",)
"""Layers that wait for their switch: the survey shows them as they are."""


class Window:
    """A case on screen.

    Parameters
    ----------
    case : FinishedCase
    language : str
        "en" or "zh".
    off_screen : bool
        Draws into memory, without a window: nothing is shown, all else is the same.
    """

    def __init__(self, case: FinishedCase, language: str = "en", *, off_screen: bool = False) -> None:
        import pyvista as pv

        self.case, self._say, self._own = case, words(language), words_of(language) | TEXTS[language]
        self._plotter: Any = pv.Plotter(off_screen=off_screen, window_size=list(_SIZE), title="Plumbline")
        self._plotter.set_background("white")
        self._actors: dict[str, list[Any]] = {layer: [] for layer in LAYERS}
        self._marked: list[Floats] = []
        self.finding: int | None = None
        self.measured_m: float | None = None
        self._draw()
        self._furnish()
        for layer in _HIDDEN:
            self.show_layer(layer, False)
        self.show_all()

    def run(self) -> None:
        """Shows the window until it is closed."""
        self._plotter.show()

    def picture(self) -> Bytes:
        """(h, w, 3) uint8: what is on screen."""
        self._plotter.render()
        return np.asarray(self._plotter.screenshot(None, return_img=True), dtype=np.uint8)[..., :3]

    def save(self, path: Path) -> None:
        """What is on screen, with case and digest, as PNG."""
        self._plotter.screenshot(str(path))

    def show_layer(self, layer: str, is_shown: bool) -> None:
        """Shows or hides one of `LAYERS`."""
        for actor in self._actors[layer]:
            actor.SetVisibility(is_shown)
        self._plotter.render()

    def show_all(self) -> None:
        """The whole case, no finding chosen."""
        self.finding = None
        self._look_at(*self._extent(), _FAR)
        self._write()

    def show_finding(self, number: int) -> None:
        """Comes to a finding, by its place in the list."""
        self.finding = number % len(self.case.inspection.findings)
        box = self.case.inspection.findings[self.finding].box
        self._look_at(np.array(box.min) - self.case.origin, np.array(box.max) - self.case.origin, _NEAR)
        self._write()

    def step(self, by: int) -> None:
        """To the next finding, or the one before."""
        if self.case.inspection.findings:
            self.show_finding((-1 if self.finding is None and by > 0 else self.finding or 0) + by)

    def cut_above(self, level_m: float) -> None:
        """Cuts away model and points above a level, m, design frame."""
        self._cut.SetOrigin(0.0, 0.0, level_m - float(self.case.origin[2]))
        self._plotter.render()

    def mark(self, point: Floats) -> None:
        """Marks a place, (3,) m, design frame less the origin; the second one is measured from the first."""
        self._marked = [*self._marked[-1:], np.asarray(point, float)] if len(self._marked) == 1 else [np.array(point)]
        self._plotter.add_points(np.array(self._marked), color="black", point_size=9, name="marks", reset_camera=False)
        if len(self._marked) < 2:
            self.measured_m = None
            return
        one, two = self._marked
        self.measured_m = float(np.linalg.norm(two - one))
        level, rise = float(np.linalg.norm((two - one)[:2])), float(two[2] - one[2])
        line = np.array([one, two])
        self._plotter.add_lines(line, color="black", width=3, name="rule")
        said = self._own["measured"].format(length=self.measured_m, level=level, rise=rise)
        self._text(said, _MEASURED, "measured", "bottom")

    def _draw(self) -> None:
        from vtkmodules.vtkCommonDataModel import vtkPlane

        self._cut = vtkPlane()
        self._cut.SetNormal(0.0, 0.0, -1.0)
        self._cut.SetOrigin(0.0, 0.0, 1e6)
        import pyvista as pv

        for solid in self.case.solids:
            if solid.layer in self._actors and len(solid.triangles):
                mesh = pv.PolyData.from_regular_faces(solid.vertices.astype(np.float32), solid.triangles)
                self._actors[solid.layer].append(
                    self._plotter.add_mesh(
                        mesh, color=unit(solid.rgb), opacity=_opacity(solid.layer, solid.opacity), ambient=0.3
                    )
                )
        if len(self.case.points):
            colours = self._colours()
            self._actors["survey"].append(
                self._plotter.add_points(self.case.points, scalars=colours, rgb=True, point_size=2, style="points")
            )
        for actor in (actor for actors in self._actors.values() for actor in actors):
            actor.mapper.AddClippingPlane(self._cut)

    def _colours(self) -> Bytes:
        """(n, 3) of the survey: by deviation where a surface is there to deviate from, else by what it shows."""
        table = np.array([POINT[PointClass(kind)] for kind in range(len(PointClass))], dtype=np.uint8)
        colours = table[self.case.point_class]
        of_surface = np.isin(self.case.point_class, [int(kind) for kind in _BY_DEVIATION])
        rows = np.flatnonzero(of_surface & np.isfinite(self.case.deviation))
        reach = _RANGE * float(self._tolerance_m())
        colours[rows] = ramp(np.clip(self.case.deviation[rows].astype(np.float64) / reach, -1.0, 1.0))
        return colours

    def _extent(self) -> tuple[Floats, Floats]:
        """Lowest and highest corner of all solids, m, design frame less the origin."""
        standing = [solid.vertices for solid in self.case.solids if solid.layer not in _HIDDEN]
        corners = np.vstack([np.zeros((1, 3)), *standing])
        return corners[1:].min(axis=0, initial=np.inf), corners[1:].max(axis=0, initial=-np.inf)

    def _tolerance_m(self) -> float:
        deviation = self.case.inspection.settings.get("deviation", {})
        return float(deviation.get("tolerance_m", 0.05)) if isinstance(deviation, dict) else 0.05

    def _furnish(self) -> None:
        """Switches, slider, keys and lettering."""
        height = _SIZE[1]
        for row, layer in enumerate(layer for layer in LAYERS if self._actors[layer]):
            place = (14.0, float(height - 150 - row * _GAP_PX))
            self._plotter.add_checkbox_button_widget(
                lambda is_on, layer=layer: self.show_layer(layer, bool(is_on)),
                value=layer not in _HIDDEN,
                position=place,
                size=_BOX_PX,
                border_size=2,
                color_on=unit(INK),
                color_off="white",
            )
            self._letters(self._own[LAYERS[layer]], (place[0] + _BOX_PX + 10.0, place[1] + 3.0))
        low, high = (float(corner[2]) + float(self.case.origin[2]) for corner in self._extent())
        self._plotter.add_slider_widget(
            self.cut_above,
            (low, high + 1.0),
            value=high + 1.0,
            title=self._own["cut"],
            pointa=(0.70, 0.08),
            pointb=(0.97, 0.08),
            style="modern",
            fmt="%.2f",
            title_height=0.018,
            color=unit(INK),
        )
        for key, act in {"n": 1, "b": -1}.items():
            self._plotter.add_key_event(key, lambda act=act: self.step(act))
        self._plotter.add_key_event("0", self.show_all)
        self._plotter.enable_point_picking(
            callback=self.mark, show_message=False, show_point=False, left_clicking=False, picker="point"
        )
        self._plotter.add_axes(xlabel="x", ylabel="y", zlabel="z", viewport=(0.0, 0.0, 0.12, 0.16))
        digest = self.case.inspection.settings_sha256[:12]
        self._text(f"{self._own['keys']}   {digest}", _IMPRINT, "imprint", "bottom")

    def _write(self) -> None:
        inspection = self.case.inspection
        verdict = self._own["verdict." + str(inspection.verdict)]
        head = f"{Path(inspection.design.path).stem} · {verdict}"
        if self.finding is None:
            self._text("\n".join([head, *self._list()]), _CARD, "card")
        else:
            self._text("\n".join([head, *self._card(inspection.findings[self.finding])]), _CARD, "card")

    def _list(self) -> list[str]:
        """What is judged, a line each, and how much more there is."""
        findings = self.case.inspection.findings
        judged = [f for f in findings if f.verdict is not FindingVerdict.INFORMATION][:_MOST_LISTED]
        more = [self._say("more", count=len(findings) - len(judged))] if len(findings) > len(judged) else []
        return [*map(self._line, judged), *more] or [self._say("no_findings")]

    def _line(self, finding: FindingPart) -> str:
        return f"{finding.id}  {self._say.kind(Kind(finding.kind))}"

    def _card(self, finding: FindingPart) -> list[str]:
        """Number, kind, verdict, sizes with their uncertainty, rule and caveats of a finding."""
        sizes = []
        for key, name in (("area", "area_m2"), ("volume", "volume_m3"), ("height", "height_m")):
            value = getattr(finding, name)
            if value is not None:
                least = getattr(finding.at_least, name, None)
                sizes.append(self._say(key, value=quantity(value, getattr(finding.uncertainty, name), 2, least)))
        verdict = self._say.verdict(FindingVerdict(finding.verdict))
        text = [self._line(finding), verdict, finding.title, *sizes, finding.rule, *finding.caveats]
        return [line for long in text if long for line in wrapped(long, _LETTERS_PT, _CARD_MM, _MOST_LINES)]

    def _look_at(self, low: Floats, high: Floats, diagonals: float) -> None:
        middle = 0.5 * (low + high)
        reach = max(float(np.linalg.norm(high - low)), _LEAST_M) * diagonals
        camera = self._plotter.camera
        camera.focal_point, camera.up = tuple(middle), (0.0, 0.0, 1.0)
        camera.position = tuple(middle + reach * _VIEW / np.linalg.norm(_VIEW))
        self._plotter.reset_camera_clipping_range()
        self._plotter.render()

    def _text(self, text: str, place: tuple[float, float], name: str, hangs: str = "top") -> None:
        """Lettering on a light ground, so that it can be read before anything; `place` in shares of the window."""
        letters = self._plotter.add_text(
            text,
            position=place,
            viewport=True,
            font_size=_LETTERS_PT - 2,
            color=unit(INK),
            name=name,
            font_file=font_path(),
        )
        letters.prop.justification_vertical = hangs
        letters.prop.background_color, letters.prop.background_opacity = "white", 0.85

    def _letters(self, text: str, place: tuple[float, float]) -> None:
        self._plotter.add_text(text, position=place, font_size=_LETTERS_PT - 3, color=unit(INK), font_file=font_path())


def _opacity(layer: str, stored: float) -> float:
    """The approved building is seen through, so that what stands in it shows."""
    return {"design": 0.35, "not_observed": 0.25}.get(layer, stored)
