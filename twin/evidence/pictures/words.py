"""The wording of pictures, in English and Chinese. A picture states a difference; it never accuses."""

from __future__ import annotations

from dataclasses import dataclass

from twin.conformity.model import Change, FindingVerdict, Kind, StoreyStatus
from twin.errors import SettingsError
from twin.evidence.scene import PointClass

LANGUAGES = ("en", "zh")

_KIND: dict[Kind, tuple[str, str]] = {
    Kind.EXTRA_STOREY: ("Extra storey", "加层"),
    Kind.MEZZANINE: ("Mezzanine", "夹层"),
    Kind.ROOFTOP_ADDITION: ("Rooftop addition", "屋顶加建"),
    Kind.LATERAL_EXTENSION: ("Lateral extension", "外扩"),
    Kind.VOID_INFILL: ("Void built over", "挑空封板"),
    Kind.ENCLOSURE: ("Enclosure", "封闭"),
    Kind.BASEMENT_EXTENSION: ("Basement extension", "地下扩建"),
    Kind.STOREY_HEIGHT: ("Storey height", "层高变化"),
    Kind.OVER_HEIGHT: ("Over height", "超高"),
    Kind.OVER_AREA: ("Over area", "超面积"),
    Kind.BUILDING_SHIFT: ("Building shifted", "整体偏移"),
    Kind.ELEMENT_DISPLACED: ("Element displaced", "构件移位"),
    Kind.ELEMENT_MISSING: ("Element missing", "构件缺失"),
    Kind.VOLUME_MISSING: ("Volume missing", "体量缺失"),
    Kind.OPENING_CHANGED: ("Opening changed", "洞口变化"),
    Kind.UNMODELLED_OBJECT: ("Unmodelled object", "模型外物体"),
}

_VERDICT: dict[FindingVerdict, tuple[str, str]] = {
    FindingVerdict.INCONSISTENT: ("not as permitted (suspected)", "与许可不一致（疑似）"),
    FindingVerdict.BORDERLINE: ("borderline (measure again)", "临界（需复测）"),
    FindingVerdict.INFORMATION: ("for information", "提示"),
}

_CHANGE: dict[Change, tuple[str, str]] = {
    Change.ADDED: ("Added, not approved", "新增（未经许可）"),
    Change.REMOVED: ("Approved, not there", "许可有、现场无"),
    Change.MOVED: ("Moved from its approved place", "偏离许可位置"),
    Change.OBJECT: ("Object, no building", "非建筑物体"),
}

_POINT: dict[PointClass, tuple[str, str]] = {
    PointClass.AS_DESIGNED: ("Survey: as designed", "点云：符合"),
    PointClass.DEVIATING: ("Survey: beyond the tolerance", "点云：超出允差"),
    PointClass.ADDED: ("Survey: addition", "点云：新增"),
    PointClass.OBJECT: ("Survey: objects", "点云：非建筑物体"),
    PointClass.GROUND: ("Survey: ground", "点云：地面"),
    PointClass.MOVABLE: ("Survey: furniture", "点云：可移动物"),
    PointClass.UNEXPLAINED: ("Survey: unexplained", "点云：未解释"),
}

_STOREY: dict[StoreyStatus, tuple[str, str]] = {
    StoreyStatus.AS_DESIGNED: ("as designed", "符合"),
    StoreyStatus.SHIFTED: ("shifted", "标高偏移"),
    StoreyStatus.UNAPPROVED: ("Unapproved level", "未经许可楼层"),
    StoreyStatus.NOT_BUILT: ("not built", "尚未建设"),
    StoreyStatus.NOT_OBSERVED: ("not observed", "未观测"),
}

_WINDS = (
    ("North", "北"),
    ("North-west", "西北"),
    ("West", "西"),
    ("South-west", "西南"),
    ("South", "南"),
    ("South-east", "东南"),
    ("East", "东"),
    ("North-east", "东北"),
)

_PHRASE: dict[str, tuple[str, str]] = {
    "overview": ("Overview", "总览"),
    "view_from": ("seen from the {wind}", "自{wind}方向看"),
    "view_above": ("seen from above", "俯视"),
    "close": ("close view", "近景"),
    "cutaway": ("building cut open at {level} m", "于标高 {level} m 处剖开"),
    "section": ("Vertical section", "剖面图"),
    "plan": ("Plan", "平面图"),
    "facade": ("{wind} facade, deviation", "{wind}立面偏差图"),
    "case": ("Case", "案件"),
    "surveyed": ("Surveyed", "测量日期"),
    "digest": ("Inputs", "输入摘要"),
    "scale": ("Scale 1:{scale} on A4", "比例 1:{scale}（A4）"),
    "no_scale": ("Perspective, not to scale", "透视图，不按比例"),
    "units": ("Lengths in m, elevations in the design frame", "尺寸单位 m，标高为设计坐标系"),
    "approved": ("Approved building", "许可建筑"),
    "approved_cut": ("Approved building, cut", "许可建筑（剖切）"),
    "approved_beyond": ("Approved building, beyond", "许可建筑（看线）"),
    "hidden_part": ("Part hidden by the building", "被建筑遮挡部分"),
    "surroundings": ("Survey: ground and surroundings", "点云：地面及周边"),
    "not_observed": ("Not observed", "未观测"),
    "within": ("Within the tolerance ±{mm} mm", "允差内 ±{mm} mm"),
    "inside": ("inside the design surface", "位于设计面内侧"),
    "outside": ("outside the design surface", "位于设计面外侧"),
    "deviation": ("Signed deviation, mm", "偏差（mm）"),
    "beyond": ("Off the design by more than {mm} mm", "偏离设计面超过 {mm} mm"),
    "section_at": ("Cut along A–A; survey within ±{half} m of it", "沿 A–A 剖切；点云取剖面 ±{half} m"),
    "plan_at": ("Cut at {level} m; survey within ±{half} m of it", "剖切标高 {level} m；点云取 ±{half} m"),
    "observed_share": ("{share} % of this side was observed", "本侧已观测 {share} %"),
    "facade_at": (
        "Observed: a survey point within {reach} m on the same surface, at most {depth} m off it",
        "已观测：同一表面 {reach} m 内有点，且离面不超过 {depth} m",
    ),
    "area": ("Area {value} m²", "面积 {value} m²"),
    "volume": ("Volume {value} m³", "体积 {value} m³"),
    "height": ("Height {value} m", "高度 {value} m"),
    "caveats": ("But: {text}", "保留：{text}"),
    "storey": ("Storey", "楼层"),
    "axes": ("Axes {text}", "轴线：{text}"),
    "grid_axis": ("Grid axis", "轴线"),
    "measured": ("measured", "实测"),
    "findings": ("Findings", "发现"),
    "against": ("survey against the approved building", "点云与许可建筑对比"),
    "no_findings": ("No difference found in what was observed", "已观测部分未发现差异"),
    "elements_seen": ("{seen} of {total} approved elements were observed", "许可构件 {total} 个，已观测 {seen} 个"),
    "more": ("and {count} more", "另有 {count} 项"),
    "date_unknown": ("not stated", "未注明"),
    "key": ("Key plan", "位置示意"),
    "north": ("N", "北"),
    "level_unnamed": ("Level", "标高"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """All wording in one language ("en" or "zh")."""

    language: str

    def _pick(self, pair: tuple[str, str]) -> str:
        return pair[LANGUAGES.index(self.language)]

    def kind(self, kind: Kind) -> str:
        """Name of a kind of finding."""
        return self._pick(_KIND[kind])

    def verdict(self, verdict: FindingVerdict) -> str:
        """How sure a finding is."""
        return self._pick(_VERDICT[verdict])

    def change(self, change: Change) -> str:
        """Legend entry of a change."""
        return self._pick(_CHANGE[change])

    def points(self, point_class: PointClass) -> str:
        """Legend entry of a class of points."""
        return self._pick(_POINT[point_class])

    def storey(self, status: StoreyStatus) -> str:
        """State of a level."""
        return self._pick(_STOREY[status])

    def wind(self, anticlockwise_from_north_deg: float) -> str:
        """The nearest of the eight winds."""
        return self._pick(_WINDS[round(anticlockwise_from_north_deg / 45.0) % 8])

    def from_wind(self, anticlockwise_from_north_deg: float) -> str:
        """Where a view is taken from."""
        return self("view_from", wind=self.wind(anticlockwise_from_north_deg).lower())

    def __call__(self, key: str, **values: object) -> str:
        """The phrase `key`, filled with `values`."""
        return self._pick(_PHRASE[key]).format(**values)


def words(language: str) -> Words:
    """The wording of `language`; `SettingsError` where it is not known."""
    if language not in LANGUAGES:
        raise SettingsError(f"no wording for the language {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    return Words(language)
