"""Plans to begin with: whole ones, with words, sides, breaths and ways for every body."""

from typing import Final

from hearth_server.community.plans.starters.body_scan import BODY_SCAN
from hearth_server.community.plans.starters.box_breathing import BOX_BREATHING
from hearth_server.community.plans.starters.desk_stretch import DESK_STRETCH
from hearth_server.community.plans.starters.morning_yoga import MORNING_YOGA
from hearth_server.community.plans.starters.short_talk import SHORT_TALK
from hearth_server.community.plans.starters.starting import Starter

STARTERS: Final[dict[str, Starter]] = {
    each.id: each for each in (MORNING_YOGA, DESK_STRETCH, BOX_BREATHING, BODY_SCAN, SHORT_TALK)
}
__all__ = ["STARTERS", "Starter"]
