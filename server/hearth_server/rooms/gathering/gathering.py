"""One gathering while it happens: its people by account, its plan, and what is to be told. Pure.

Times are milliseconds of the server's own axis, which only runs forward; what is kept for a
restart has them as the calendar does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from hearth_protocol.gathering import Audience
from hearth_server.community.events.runs import RunFacts, RunKept, RunState
from hearth_server.community.plans.records import CompiledPlan
from hearth_server.community.plans.timeline import Position, Segment, Timeline, position
from hearth_server.rooms.gathering.asks import Asks
from hearth_server.rooms.gathering.hands import Hands
from hearth_server.rooms.gathering.ladder import ASKED_MS, TAKE_OVER, Ladder, Seen
from hearth_server.rooms.gathering.mats import MatBook
from hearth_server.rooms.gathering.replanning import replanned
from hearth_server.rooms.gathering.roles import Stage, fresh_stage

Topic = Literal["gathering", "cues", "timeline", "hands", "formation"]
TOPICS: Final[frozenset[Topic]] = frozenset(("gathering", "cues", "timeline", "hands", "formation"))
#: From the gentle close until it is over by itself.
WINDING_MS: Final = 15 * 60_000
CLOSING: Final = "Whoever leads did not come back, so this comes to a quiet end. Stay as you like."


@dataclass(frozen=True, slots=True)
class Now:
    """A moment: on the server's axis, and as the calendar has it."""

    ms: int
    wall_ms: int

    @property
    def to_wall_ms(self) -> int:
        """What turns the one into the other."""
        return self.wall_ms - self.ms


@dataclass(slots=True, eq=False)
class Gathering:
    """A gathering.

    Attributes:
        facts: as services know it; `live` in it is what it began with.
        state: doors, live, winding_down or ended.
        here: accounts that are connected and not in the safe place.
        came: accounts that were here at some time since the doors opened.
        late: those of them who came after it went live.
        checks: who asks the leaders to have a look at them.
        attends: who lets it be kept that they came.
        began_ms, winding_ms: when it went live, and when it began to end.
        changed: what everybody is to be told anew.
        touched: whose own part changed.
        leaders_due: leaders are to be told their counts anew.
        unsaved: something changed that a restart must not forget.
        said: what everybody is to be told in words.
        resting: the plan asks for silence now.
        lifted: id of a cue whose silence the leaders took back.
    """

    facts: RunFacts
    stage: Stage
    timeline: Timeline
    opened_ms: int
    state: RunState = "doors"
    hands: Hands = field(default_factory=Hands)
    asks: Asks = field(default_factory=Asks)
    ladder: Ladder = field(default_factory=Ladder)
    mats: MatBook = field(default_factory=MatBook)
    here: set[str] = field(default_factory=set)
    came: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    attends: set[str] = field(default_factory=set)
    began_ms: int | None = None
    winding_ms: int | None = None
    changed: set[Topic] = field(default_factory=lambda: set(TOPICS))
    touched: set[str] = field(default_factory=set)
    leaders_due: bool = False
    unsaved: bool = True
    said: list[str] = field(default_factory=list)
    resting: bool = False
    lifted: str = ""

    @property
    def silent(self) -> bool:
        """Whether nobody speaks but those who lead: they asked for it, or the plan does."""
        return self.stage.silence or self.resting

    @property
    def audience(self) -> Audience:
        """Whom the audience hears of itself: nobody, once nobody looks after them."""
        return "nobody" if self.ladder.lead == "autopilot" else self.stage.audience

    @property
    def plan(self) -> CompiledPlan:
        """The session plan in use."""
        return self.facts.plan

    @property
    def key(self) -> tuple[str, str]:
        """Event and occurrence."""
        return self.facts.event_id, self.facts.original

    def position(self, now_ms: int) -> Position:
        """Return where the plan is."""
        return position(self.timeline, self.plan, now_ms)

    def tell(self, *topics: Topic) -> None:
        """Something changed for everybody, and is to be kept."""
        self.changed.update(topics)
        self.unsaved = True

    def touch(self, account: str) -> None:
        """Something of somebody's own changed: they are told, the leaders see it, it is kept."""
        self.touched.add(account)
        self.unsaved = True

    # --- people come and go ----------------------------------------------------------------------

    def arrive(self, account: str) -> bool:
        """Somebody is here; True if it is for the first time."""
        self.here.add(account)
        first = account not in self.came
        if first:
            self.came.add(account)
            self.unsaved = True
            if self.state != "doors" and not self.stage.leads(account):
                self.late.add(account)
                self.leaders_due = True
        return first

    def forget(self, account: str, now_ms: int) -> None:
        """Somebody may not be here any more: whatever they were here is over at once."""
        led = self.stage.forget(account)
        self.here.discard(account)
        # Whoever was put out stands before the doors as anybody does.
        self.came.discard(account)
        self.hands.down(account)
        self.mats.free(account)
        self.checks.discard(account)
        self.asks.withdraw(to=account)
        self.asks.withdraw(by=account)
        if led:
            # Nobody waits for somebody who may not come back.
            self.ladder.gone_ms = now_ms - ASKED_MS
        self.touch(account)
        self.tell("gathering", "hands")

    def lead_by(self, account: str) -> None:
        """Somebody leads from now on, at once and for everybody."""
        self.stage.pass_on(account)
        self.asks.withdraw(kind="take_over")
        self.asks.withdraw(kind="host")
        if account in self.here:
            self.ladder.back()
        self.late.discard(account)
        self.touch(account)
        self.tell("gathering", "hands")

    # --- time passes -----------------------------------------------------------------------------

    def look(self, here: Iterable[str], now_ms: int) -> None:
        """A few times a second: whatever time alone changes."""
        self.here = set(here)
        if self.hands.look(self.here, now_ms):
            self.tell("hands")
        if self.stage.expire(now_ms):
            self.tell("gathering", "hands")
        for ask in self.asks.expire(now_ms):
            self.unsaved = True
            if ask.kind == "mat":
                self.mats.offered.pop(ask.to, None)
        self._climb(now_ms)
        if self.state == "live" and self.position(now_ms).run == "over":
            self.wind_down(now_ms)
        self.rest(now_ms)
        if self.winding_ms is not None and now_ms - self.winding_ms >= WINDING_MS:
            self.end()

    def rest(self, now_ms: int) -> None:
        """Begin or end the silence that a cue asks for."""
        at = self.position(now_ms)
        moves = self.state == "live" and at.run not in ("waiting", "over") and at.cue >= 0
        cue = self.plan.cues[at.cue] if moves else None
        resting = cue is not None and cue.silence and cue.id != self.lifted
        if resting != self.resting:
            self.resting = resting
            self.tell("gathering")

    def _climb(self, now_ms: int) -> None:
        host = self.stage.host
        host_here = host is not None and host in self.here
        before = self.ladder.lead
        if self.state != "live":
            if self.ladder.before(host_here):
                self.tell("gathering")
            return
        at = self.position(now_ms)
        left_ms = self.plan.ms - at.plan_ms if at.cue >= 0 and at.run != "over" else None
        asking = bool(self.asks.open("take_over"))
        successors = [each for each in self.stage.co_hosts if each in self.here]
        step = self.ladder.look(Seen(host_here, successors, asking, left_ms), now_ms)
        if host_here:
            self.asks.withdraw(kind="take_over")
        if step.ask is not None:
            self.asks.put("take_over", step.ask, None, TAKE_OVER, now_ms)
            self.unsaved = True
        if step.alone:
            self._go_on_alone(at, now_ms)
        if step.close:
            self.said.append(CLOSING)
            self.wind_down(now_ms)
        if self.ladder.lead != before:
            self.tell("gathering")

    def _go_on_alone(self, at: Position, now_ms: int) -> None:
        """Nobody leads: a plan that was held goes on by itself to its end."""
        if at.run in ("holding", "paused"):
            segment = Segment(now_ms, "running", at.plan_ms, at.breath_ms, at.music_ms)
            self.move(Timeline(self.timeline.version + 1, (segment,)))

    def move(self, timeline: Timeline) -> None:
        """The plan moves otherwise from now on."""
        self.timeline = timeline
        self.tell("timeline")

    def wind_down(self, now_ms: int) -> None:
        """It comes to its end: people may stay and talk."""
        if self.state in ("winding_down", "ended"):
            return
        at = self.position(now_ms)
        if at.run != "over":
            segment = Segment(now_ms, "over", at.plan_ms, at.breath_ms, at.music_ms)
            self.move(Timeline(self.timeline.version + 1, (segment,)))
        self.state, self.winding_ms = "winding_down", now_ms
        self.stage.silence = False
        self.tell("gathering")

    def end(self) -> None:
        """It is over."""
        if self.state != "ended":
            self.state = "ended"
            for ask in self.asks.open():
                self.asks.withdraw(to=ask.to)
            self.tell("gathering")
            if self.mats.kind != "none":
                self.mats.lay("none", ())
                self.tell("formation")

    # --- services change it ----------------------------------------------------------------------

    def update(self, facts: RunFacts, now_ms: int) -> None:
        """The event was changed while it happens: who leads, what it is called, its plan."""
        before, self.facts = self.facts, replace(facts, live=self.facts.live)
        self._take_consents(before.attendance, facts.attendance)
        for gone in set(before.co_hosts) - set(facts.co_hosts) - {facts.host_id}:
            if self.stage.role_of(gone) == "co_host":
                self.stage.put(gone, "audience")
                self.asks.withdraw(by=gone)
                self.asks.withdraw(to=gone, kind="take_over")
        if facts.host_id != before.host_id:
            self._take_host(before.host_id, facts.host_id, now_ms)
        for new in facts.co_hosts:
            if new not in before.co_hosts and self.stage.role_of(new) not in ("host", "co_host"):
                self.stage.put(new, "co_host")
        if facts.audience != before.audience:
            self.stage.audience = facts.audience
        if facts.plan != before.plan:
            self._take_plan(before.plan, now_ms)
        if _shown(facts) != _shown(before):
            self.tell("gathering")

    def _take_consents(self, before: frozenset[str], now: frozenset[str]) -> None:
        """Some let it be kept that they came, or do not any more."""
        for account in before ^ now:
            if (account in now) != (account in self.attends):
                self.attends.symmetric_difference_update((account,))
                self.touch(account)

    def _take_host(self, before: str | None, host: str | None, now_ms: int) -> None:
        """The event has another host, or none: theirs left the group, say."""
        if host is not None:
            self.lead_by(host)
        elif before is not None and self.stage.leads(before):
            self.forget(before, now_ms)

    def _take_plan(self, before: CompiledPlan, now_ms: int) -> None:
        """Another version of the plan holds: at the same cue, if it still has it."""
        self.tell("cues", "timeline")
        plans = (before, self.plan)
        self.timeline = replanned(self.timeline, plans, now_ms, live=self.state == "live")

    # --- kept ------------------------------------------------------------------------------------

    def kept(self, now: Now) -> RunKept:
        """Return what is to be written, so that it goes on after a restart."""
        to_wall_ms = now.to_wall_ms
        # Of what is over nothing is kept that says who was there.
        over = self.state == "ended"
        live: dict[str, Any] = {} if over else self._live(now)
        return RunKept(
            event_id=self.facts.event_id,
            original=self.facts.original,
            room_id=self.facts.room_id,
            state=self.state,
            live=live,
            opened_ms=self.opened_ms + to_wall_ms,
            ended_ms=now.wall_ms if over else None,
            kept_ms=now.wall_ms,
        )

    def _live(self, now: Now) -> dict[str, Any]:
        to_wall_ms = now.to_wall_ms
        return {
            "plan": self.plan.version,
            "stage": self.stage.kept(to_wall_ms),
            "hands": self.hands.kept(to_wall_ms),
            "timeline": self.timeline.kept(now.ms, now.wall_ms),
            "ladder": self.ladder.kept(to_wall_ms),
            "asks": self.asks.kept(to_wall_ms),
            "mats": self.mats.kept(),
            "came": sorted(self.came),
            "late": sorted(self.late),
            "checks": sorted(self.checks),
            "attends": sorted(self.attends),
            "named": [self.facts.host_id, *self.facts.co_hosts],
            "began": None if self.began_ms is None else self.began_ms + to_wall_ms,
            "winding": None if self.winding_ms is None else self.winding_ms + to_wall_ms,
            "opened": self.opened_ms + to_wall_ms,
        }


def _shown(facts: RunFacts) -> tuple[object, ...]:
    """Return what everybody is told of these facts."""
    return (
        facts.title,
        facts.starts_ms,
        facts.ends_ms,
        facts.host_id,
        facts.co_hosts,
        facts.audience,
        facts.plan.version,
    )


def begin(facts: RunFacts, now: Now) -> Gathering:
    """Begin a gathering, or bring back one that a stop or a fault of the node cut off.

    Raises:
        KeyError, TypeError, ValueError: what was kept of it cannot be read.
    """
    if facts.live:
        gathering = _restored(facts, facts.live, now)
        # Who led by the event and may not any more is followed, as if the node had seen it.
        host, *co_hosts = facts.live.get("named") or (facts.host_id, *facts.co_hosts)
        gathering.facts = replace(facts, host_id=host, co_hosts=tuple(co_hosts))
        gathering.update(facts, now.ms)
        return gathering
    return Gathering(
        facts=facts,
        stage=fresh_stage(facts.host_id, facts.co_hosts, facts.audience),
        timeline=Timeline.waiting(now.ms),
        opened_ms=now.ms,
        state="doors",
        ladder=Ladder(lead="nobody"),
        attends=set(facts.attendance),
    )


def _restored(facts: RunFacts, kept: Mapping[str, Any], now: Now) -> Gathering:
    to_wall_ms = now.to_wall_ms
    began, winding = kept["began"], kept["winding"]
    ladder, asks = Ladder.restored(kept["ladder"], to_wall_ms, now.ms), Asks()
    ladder.missed(asks.take_up(kept.get("asks", ()), to_wall_ms, now.ms))
    return Gathering(
        facts=facts,
        stage=Stage.restored(kept["stage"], to_wall_ms),
        timeline=Timeline.restored(kept["timeline"], now.wall_ms, now.ms),
        opened_ms=int(kept["opened"]) - to_wall_ms,
        state=facts.state,
        hands=Hands.restored(kept["hands"], to_wall_ms, now.ms),
        asks=asks,
        ladder=ladder,
        mats=MatBook.restored(kept["mats"]),
        came=set(kept["came"]),
        late=set(kept["late"]),
        checks=set(kept["checks"]),
        attends=set(kept["attends"]) | facts.attendance,
        began_ms=None if began is None else int(began) - to_wall_ms,
        winding_ms=None if winding is None else int(winding) - to_wall_ms,
    )
