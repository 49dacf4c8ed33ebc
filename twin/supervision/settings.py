"""How closely an office watches: weights of risk, how often each tier is inspected, and when a finding counts as gone.

No rule that was found says how often a project of which risk is to be inspected. Every number here is a proposal of
this program, for an office to replace by its own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from twin.conformity.milestone import Milestone, milestone_named
from twin.errors import SettingsError
from twin.supervision.states import Tier


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """Grounds on which a project is watched more closely, in points; a tier begins at a sum of points.

    Attributes
    ----------
    fits_a_floor_m : float
        Storey height from which another floor fits in: two clear heights of 2.0 m (GB 55031-2022, 3.2.7), a slab and
        its finish. Proposal.
    fits_a_floor_score : float
        For a storey of that height, unless the use is industrial. Proposal: the most common way to gain area unseen.
    industrial_uses : str
        Words of a use, comma-separated, in which tall storeys are usual.
    full_plot_share : float
        Counted floor area as a share of what the plot allows, from which any more is too much. Proposal.
    full_plot_score : float
        For a plot used that far. Proposal.
    watched_uses : str
        Words of a use, comma-separated, in which lofts and inserted floors are usual.
    watched_use_score : float
        For such a use. Proposal.
    past_finding_score : float
        For each confirmed finding elsewhere. Proposal: what happened weighs more than what might.
    confirmed_finding_score : float
        For each finding here that a person confirmed and nobody dismissed since. Proposal: two make a project
        medium, three high, whatever else is known of it.
    change_order_score : float
        For each approved change of the design. Proposal: each is an occasion to build otherwise.
    unchecked_milestone_score : float
        For each milestone that was passed over, or had no survey by its day. Proposal: what nobody looked at.
    most_counted : int
        Of each of these, more than so many add nothing: one ground alone shall not drown the others.
    medium_from_score, high_from_score : float
        Sums from which a project is in that tier. Proposal: one grave ground makes medium, two or three
        make high.
    """

    fits_a_floor_m: float = 4.5
    fits_a_floor_score: float = 30.0
    industrial_uses: str = "industrial, factory, warehouse, logistics, 工业, 厂房, 仓库, 仓储, 物流"
    full_plot_share: float = 0.95
    full_plot_score: float = 20.0
    watched_uses: str = "mixed, commercial, shops, retail, loft, 混合, 综合, 商业, 商住, 商办, 商铺, 底商"
    watched_use_score: float = 15.0
    past_finding_score: float = 10.0
    confirmed_finding_score: float = 20.0
    change_order_score: float = 5.0
    unchecked_milestone_score: float = 15.0
    most_counted: int = 3
    medium_from_score: float = 30.0
    high_from_score: float = 60.0

    def __post_init__(self) -> None:
        """Refuses tiers that overlap."""
        if self.high_from_score < self.medium_from_score:
            raise SettingsError("high_from_score lies below medium_from_score", "a higher tier begins later")


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When each tier is inspected: at milestones, and by patrols a number of days after the last inspection.

    Attributes
    ----------
    high_milestones, medium_milestones, low_milestones : str
        Milestones of the tier by code, comma-separated. Proposal: all; those after which something is covered or costly
        to correct; zero level, topping out and completion.
    high_patrol_days, medium_patrol_days, low_patrol_days : int
        Days from one inspection to the next patrol, until the completed works were inspected; 0: no patrols. Proposal:
        every month; every quarter; none. They go on while a confirmed finding is open.
    reinspection_days : int
        Days from the decision that a finding is to be put right, or was, to a survey that shows it. Proposal: a month.
    random_share : float
        Share of a low tier's other milestones that is drawn by lot. Proposal: 10 to 20 % (双随机).
    lot_seed : int
        From which, with project number and milestone, the lots are drawn: who knows it can repeat the draw. An office
        keeps it to itself and changes it each year.
    """

    high_milestones: str = "M2, M3, M4, M5, M6, M7, M8, M9"
    high_patrol_days: int = 30
    medium_milestones: str = "M2, M4, M5, M6, M8"
    medium_patrol_days: int = 91
    low_milestones: str = "M2, M5, M8"
    low_patrol_days: int = 0
    reinspection_days: int = 30
    random_share: float = 0.15
    lot_seed: int = 1

    def __post_init__(self) -> None:
        """Refuses names that are no milestones, and a lower tier that is asked for more than a higher one."""
        high, medium, low = (set(self.milestones(tier)) for tier in (Tier.HIGH, Tier.MEDIUM, Tier.LOW))
        if not low <= medium <= high:
            raise SettingsError("a lower tier has milestones that a higher one has not", "give them to both")

    def milestones(self, tier: Tier) -> tuple[Milestone, ...]:
        """At which every project of a tier is inspected."""
        listed = {Tier.HIGH: self.high_milestones, Tier.MEDIUM: self.medium_milestones, Tier.LOW: self.low_milestones}
        return tuple(milestone_named(name) for name in words(listed[tier]))

    def patrol_days(self, tier: Tier) -> int:
        """Days from one inspection to the next; 0: no patrols."""
        days = {Tier.HIGH: self.high_patrol_days, Tier.MEDIUM: self.medium_patrol_days, Tier.LOW: self.low_patrol_days}
        return days[tier]


@dataclass(frozen=True, slots=True)
class FollowUpSettings:
    """When a finding of one inspection is one of an earlier one, has changed, or is gone.

    Attributes
    ----------
    slack_m : float
        By which bodies are widened before they are compared: thin slabs, and two registrations of one place, each
        good to a few centimetres. Proposal.
    least_common_share : float
        Share of the smaller body that must lie in the other: less is a neighbour, not the same thing. Proposal.
    change_certainty : float
        Times the expanded uncertainty of the difference (k = 2) from which a size has changed: 1.5 is k = 3. Proposal:
        a wrong word costs a hearing, waiting costs a survey.
    least_seen_share : float
        Share of a finding's place, or of its walls, that must be seen empty before it is gone: most of it. Proposal.
    most_left_share : float
        Share of its place that may hold what nothing approved explains: rubble, a passer-by. Proposal.
    language : str
        In which ledgers give reasons where nobody says another: en or zh.
    """

    slack_m: float = 0.3
    least_common_share: float = 0.5
    change_certainty: float = 1.5
    least_seen_share: float = 0.6
    most_left_share: float = 0.1
    language: str = "en"

    def __post_init__(self) -> None:
        """Refuses a language that nobody translated into."""
        if self.language not in ("en", "zh"):
            raise SettingsError(f"there is no language {self.language!r}", "the languages are en and zh")

    def numbers(self) -> dict[str, float]:
        """By which findings are followed, whatever the language in which that is said."""
        return {name: value for name, value in asdict(self).items() if name != "language"}


@dataclass(frozen=True, slots=True)
class SupervisionSettings:
    """All settings of supervision, one section each."""

    risk: RiskSettings = field(default_factory=RiskSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    follow_up: FollowUpSettings = field(default_factory=FollowUpSettings)


def words(listed: str) -> tuple[str, ...]:
    """The words of a comma-separated list."""
    return tuple(filter(None, (word.strip() for word in listed.replace("，", ",").replace("、", ",").split(","))))
