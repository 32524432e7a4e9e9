"""Who has a place at an occurrence, who waits for one, and for how long a free one is kept. Pure.

First come, first served: nobody gets a place while somebody else has waited longer. All who enter
have one, those who answered beforehand and those who simply come, so what is promised never comes
to more than the capacity. The ones who lead need none, and neither do those who keep the peace.

A party, somebody with the guests they bring, is promised all of its places or none. It is not
overtaken by a smaller one behind it: it waits until it fits, or asks for fewer.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.events.records import Occurrence, Rsvp, RsvpCount, RsvpState
from hearth_server.community.spans import DAY_MS, HOUR_MS, MINUTE_MS
from hearth_server.errors import Refusal

#: For how long an offered place is kept: far from the start, on its day, once the doors are open.
OFFER_FAR_MS: Final = 12 * HOUR_MS
OFFER_NEAR_MS: Final = 10 * MINUTE_MS
OFFER_AT_DOOR_MS: Final = MINUTE_MS
FAR_MS: Final = DAY_MS
#: From so long after the start, places of those who are not there are given on.
NO_SHOW_MS: Final = 5 * MINUTE_MS
#: Whoever was there a moment ago may have lost their line, and comes back.
GRACE_MS: Final = 2 * MINUTE_MS

OVER: Final = Refusal("event_over", "This is over. Look at the calendar for the next one.")
CANCELLED: Final = Refusal("event_cancelled", "This was cancelled. Look at the calendar.")
NO_OFFER: Final = Refusal(
    "no_offer", "No place is kept for you any more. Answer again to wait for the next one."
)
NOT_ASKED: Final = Refusal("no_offer", "No place is offered to you now. Say that you are going.")
FULL: Final = Refusal(
    "event_full", "It is full. Put yourself on the waiting list: free places go by turn."
)
NO_MORE_GUESTS: Final = Refusal(
    "party_full", "There is no room for more guests. Your answer stays as it was."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says with their answer.

    Attributes:
        access: a place in front, please.
        attendance: that they come may be kept.
        guests: so many others they bring, those included who came in already; None: as before.
    """

    access: bool = False
    attendance: bool = False
    guests: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """How full an occurrence is.

    Attributes:
        capacity: so many may be promised a place. It may have been made less than what is.
    """

    capacity: int
    count: RsvpCount

    @property
    def free(self) -> int:
        """How many nobody was promised."""
        return max(0, self.capacity - self.count.going - self.count.offered)

    @property
    def open(self) -> bool:
        """Whether somebody who comes now has a place at once."""
        return self.room_for(1)

    def room_for(self, places: int) -> bool:
        """Say whether so many more are there, with all who wait served before."""
        return self.free >= self.count.waiting + places


def due(waiting: Iterable[Rsvp], places: Places) -> list[Rsvp]:
    """Return those to whom their places are to be offered now.

    The first who does not fit yet is waited for. Only a party larger than the whole capacity,
    which somebody made smaller since, is in nobody's way.

    Args:
        waiting: those who wait, by turn.
        places: as they are.
    """
    found: list[Rsvp] = []
    free = places.free
    for each in waiting:
        if each.places > places.capacity:
            continue
        if each.places > free:
            break
        found.append(each)
        free -= each.places
    return found


def may_answer(occurrence: Occurrence) -> Refusal | None:
    """Say why nobody answers this one any more, or None."""
    if occurrence.state == "cancelled":
        return CANCELLED
    return OVER if occurrence.state in ("ended", "draft") else None


def answer(
    mine: Rsvp, places: Places, wish: Wish, turn: int, now_ms: int, here: int = 0
) -> Rsvp | Refusal:
    """Return somebody's answer after they said that they are going.

    Whoever goes or waits already keeps their turn, whoever is offered a place takes it. Fewer
    guests are less at once; more only while nobody waits and there is room for them.

    Args:
        mine: what they said before; of somebody new, `released`.
        places: as they are without this.
        wish: what they say with it.
        turn: the next one.
        now_ms: Unix epoch.
        here: how many guests of theirs came in already.
    """
    guests = mine.guests if wish.guests is None else wish.guests - here
    if guests < 0:
        return _guests_here(here)
    if 1 + guests > places.capacity and guests > mine.guests:
        return _party_large(places.capacity)
    asked = mine.state == "released"
    if not asked and guests > mine.guests:
        more = guests - mine.guests
        if mine.state == "waiting" or not places.room_for(more):
            return NO_MORE_GUESTS
    # What was kept is forgotten with the consent.
    came_ms = mine.came_ms if wish.attendance else None
    said = replace(
        mine, access=wish.access, attendance=wish.attendance, came_ms=came_ms, guests=guests
    )
    if mine.state == "offered":
        return replace(said, state="going", offer_until_ms=None)
    if not asked:
        return said
    state: RsvpState = "going" if places.room_for(said.places) else "waiting"
    return replace(
        said, state=state, turn=turn, asked_ms=now_ms, offer_until_ms=None, brought_by=None
    )


def _guests_here(here: int) -> Refusal:
    who = "1 guest of yours is" if here == 1 else f"{here} guests of yours are"
    return Refusal("guests_here", f"{who} in already, so it cannot be fewer. Say {here} or more.")


def _party_large(capacity: int) -> Refusal:
    return Refusal(
        "party_large",
        f"There are {capacity} places altogether, so your guests never fit. Bring fewer.",
    )


def guests_refused(guests: int | None, before: int, most: int) -> Refusal | None:
    """Say why somebody may not bring so many guests, or None.

    Args:
        guests: so many, those who came in included; None: as before.
        before: so many they said before; what was promised stays so.
        most: so many may be brought.
    """
    if guests is None or guests <= max(most, before):
        return None
    if most == 0:
        return Refusal("no_guests", "Nobody brings guests to this one. Come by yourself.")
    text = "1 guest" if most == 1 else f"{most} guests"
    return Refusal("no_guests", f"You may bring up to {text} to this one. Say fewer.")


def accept(mine: Rsvp | None, now_ms: int) -> Rsvp | Refusal:
    """Take an offered place. Whoever has one already has it; an offer that ran out is none."""
    if mine is None or mine.state == "waiting":
        return NOT_ASKED
    if mine.state == "going":
        return mine
    if mine.state == "released" or ran_out(mine, now_ms):
        return NO_OFFER
    return replace(mine, state="going", offer_until_ms=None)


def enter(mine: Rsvp, places: Places, turn: int, now_ms: int) -> Rsvp | Refusal:
    """Give a place to somebody who stands at the open door.

    Args:
        mine: what they said before; of somebody new, `released`.
        places: as they are without this.
        turn: the next one.
        now_ms: Unix epoch.
    """
    if mine.state == "going":
        return mine
    if mine.state == "offered" and not ran_out(mine, now_ms):
        return replace(mine, state="going", offer_until_ms=None)
    if mine.state == "waiting" or not places.open:
        return FULL
    return replace(
        mine, state="going", turn=turn, asked_ms=now_ms, offer_until_ms=None, brought_by=None
    )


def bring_in(host: Rsvp, guest: Rsvp, turn: int, now_ms: int) -> tuple[Rsvp, Rsvp]:
    """Let a guest in on a place of the party that brings them: from now on it is their own.

    So no place is counted twice, and none is lost.

    Args:
        host: who brings them, with a guest still awaited.
        guest: what the guest answered before; of somebody new, `released`.
        turn: the next one.
        now_ms: Unix epoch.
    """
    assert awaits(host), "one of theirs is still awaited"
    own = replace(
        guest,
        state="going",
        turn=turn,
        asked_ms=now_ms,
        offer_until_ms=None,
        guests=0,
        brought_by=host.account_id,
    )
    return replace(host, guests=host.guests - 1), own


def awaits(host: Rsvp | None) -> bool:
    """Say whether somebody has a place and brings a guest who is not in yet."""
    return host is not None and host.state == "going" and host.guests > 0


def offer(waiting: Rsvp, until_ms: int) -> Rsvp:
    """Offer a free place to the first who waits."""
    return replace(waiting, state="offered", offer_until_ms=until_ms)


def offer_until(now_ms: int, starts_ms: int, doors_ms: int) -> int:
    """Return until when a place that is free now is kept for whom it is offered to.

    Half a day while the start is more than a day away, ten minutes on the day, a minute once the
    doors are open.
    """
    if now_ms >= doors_ms:
        return now_ms + OFFER_AT_DOOR_MS
    return now_ms + (OFFER_FAR_MS if starts_ms - now_ms > FAR_MS else OFFER_NEAR_MS)


def ran_out(offered: Rsvp, now_ms: int) -> bool:
    """Say whether an offered place is no longer kept."""
    return offered.offer_until_ms is not None and now_ms >= offered.offer_until_ms


def release(rsvp: Rsvp) -> Rsvp:
    """Give places on of somebody who is not there; they may answer again."""
    return replace(rsvp, state="released", offer_until_ms=None, guests=0)


def lapse(offered: Rsvp) -> Rsvp:
    """Give on what was offered and not taken in time; they may answer again.

    Until when it was kept stays: it tells this from a place that was lost by not being there.
    """
    return replace(offered, state="released", guests=0)


def forgets(occurrence: Occurrence, now_ms: int) -> bool:
    """Say whether answers to an occurrence are of no use any more: nobody comes to it now.

    What was cancelled may take place after all, until its time is over.
    """
    over = occurrence.state == "cancelled" and now_ms >= occurrence.ends_ms
    return over or occurrence.state == "ended"


def no_show_time(starts_ms: int, now_ms: int) -> bool:
    """Say whether places of those who did not come are given on by now."""
    return now_ms >= starts_ms + NO_SHOW_MS


def no_shows(
    going: Iterable[Rsvp], here: Collection[str], starts_ms: int, now_ms: int
) -> list[Rsvp]:
    """Return those whose place is to be given on because they are not there.

    Args:
        going: those with a place.
        here: who is there, or was within `GRACE_MS`, or has a ticket.
        starts_ms: Unix epoch.
        now_ms: Unix epoch.
    """
    if not no_show_time(starts_ms, now_ms):
        return []
    return [rsvp for rsvp in going if rsvp.state == "going" and rsvp.account_id not in here]


def without_missing(rsvp: Rsvp, before: int) -> Rsvp:
    """Return an answer after the no-shows' minutes with those guests alone who are to be counted.

    Args:
        rsvp: of somebody who is there.
        before: how many guests of theirs stand before the doors.
    """
    return replace(rsvp, guests=min(rsvp.guests, before))
