"""Titles, legends and notes that pictures of one kind share."""

from __future__ import annotations

from twin.conformity.model import Change
from twin.evidence.axes import axes_text, bays_of_finding
from twin.evidence.pictures.drawing import Frame
from twin.evidence.pictures.marks import imprint, scale_bar
from twin.evidence.pictures.page import BAND_MM, Entry, Page, at_the_foot, blank, legend, notes
from twin.evidence.pictures.palette import CHANGE, DESIGN, DESIGN_CUT, POINT, SECOND_INK
from twin.evidence.pictures.subject import Subject
from twin.evidence.quantities import quantity
from twin.evidence.scene import PointClass


def finding_page(subject: Subject, number: int, subtitle: str) -> Page:
    """A sheet titled by a finding's number and kind."""
    finding = subject.scene.findings[number]
    return blank(subject.say.kind(finding.kind), subtitle, (finding.id, CHANGE[finding.change]), subject.scene.case)


def annotate(page: Page, subject: Subject, number: int, *more: str) -> None:
    """What is said of a finding, and more, in the band; its caveats whole, at the foot of the picture."""
    notes(page, [*_notes(subject, number), *more])
    caveats = subject.scene.findings[number].caveats
    if caveats:
        at_the_foot(page, subject.say("caveats", text="; ".join(caveats)))


def _notes(subject: Subject, number: int) -> list[str]:
    """A finding's title, verdict and sizes with their expanded uncertainty, a line each."""
    say, finding = subject.say, subject.scene.findings[number]
    sizes = []
    for key, value, unit_name in (
        ("area", finding.area_m2, "area_m2"),
        ("volume", finding.volume_m3, "volume_m3"),
        ("height", finding.height_m, "height_m"),
    ):
        if value is not None:
            stated = quantity(value, finding.uncertainty.get(unit_name), 2, finding.at_least.get(unit_name))
            sizes.append(say(key, value=stated))
    lines = [finding.title, say.verdict(finding.verdict)]
    if finding.storey:
        lines[1] += f" · {say('storey')}: {finding.storey}"
    if bays := bays_of_finding(subject.scene.design.axes, finding):
        lines.append(say("axes", text=axes_text(bays, say.language)))
    return [*lines, " · ".join(sizes)] if sizes else lines


def drawing_legend(
    page: Page, subject: Subject, changes: list[Change], classes: list[PointClass], has_axes: bool = False
) -> None:
    """Legend of a true-to-scale drawing."""
    say = subject.say
    entries = [Entry("patch", DESIGN_CUT, say("approved_cut")), Entry("patch", DESIGN, say("approved_beyond"))]
    entries += [Entry("hatch", CHANGE[change], say.change(change)) for change in changes]
    entries += [Entry("dot", POINT[point_class], say.points(point_class)) for point_class in classes]
    entries += [Entry("dash", SECOND_INK, say("grid_axis"))] if has_axes else []
    legend(page, entries)


def close_band(page: Page, subject: Subject, frame: Frame) -> None:
    """Scale and imprint of a true-to-scale drawing."""
    scale_bar(page, frame, (239.0, BAND_MM - 11.5))
    imprint(page, subject, subject.say("scale", scale=frame.scale))
