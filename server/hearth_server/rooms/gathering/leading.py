"""What those who lead do with the plan and with the gathering as a whole. Pure rules."""

from dataclasses import dataclass
from typing import Final

from hearth_protocol.gathering import LeadAct
from hearth_server.community.plans.leading import Edit, edited
from hearth_server.errors import Refusal
from hearth_server.rooms.gathering.gathering import Gathering

NOT_YOURS: Final = Refusal("not_allowed", "Only those who lead can do that.")
NOT_BEGUN: Final = Refusal("not_running", "It has not begun. Start it first.")
OVER: Final = Refusal("not_running", "It is over.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    Attributes:
        account: theirs.
        edits: they may change the group, so they may lead wherever they are.
    """

    account: str
    edits: bool = False

    def leads(self, gathering: Gathering) -> bool:
        """Say whether they lead, or may."""
        return self.edits or gathering.stage.leads(self.account)


def lead(gathering: Gathering, actor: Actor, edit: Edit, now_ms: int) -> Refusal | None:
    """Move the plan or the gathering on; None when it was done."""
    refusal = not_now(gathering, actor) or _out_of_state(gathering, edit.act)
    if refusal is not None:
        return refusal
    if edit.act == "end":
        gathering.end()
        return None
    if edit.act == "wind_down":
        gathering.wind_down(now_ms)
        return None
    begins = edit.act == "start" and gathering.state == "doors"
    if gathering.plan.cues or not begins:
        moved = edited(gathering.timeline, gathering.plan, edit, now_ms)
        if isinstance(moved, Refusal):
            return moved
        gathering.move(moved)
    if begins:
        _go_live(gathering, actor, now_ms)
    return None


def not_now(gathering: Gathering, actor: Actor) -> Refusal | None:
    """Say why somebody does not lead anything here, or None."""
    if gathering.state == "ended":
        return OVER
    return None if actor.leads(gathering) else NOT_YOURS


def _out_of_state(gathering: Gathering, act: LeadAct) -> Refusal | None:
    if act == "end":
        return None
    if gathering.state == "doors":
        return None if act == "start" else NOT_BEGUN
    return OVER if gathering.state == "winding_down" else None


def _go_live(gathering: Gathering, actor: Actor, now_ms: int) -> None:
    """It begins: whoever starts it leads it, unless the host is there."""
    gathering.state, gathering.began_ms = "live", now_ms
    if gathering.stage.host not in gathering.here:
        gathering.lead_by(actor.account)
    gathering.ladder.back()
    gathering.tell("gathering")
