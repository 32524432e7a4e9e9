"""Address limits: token buckets that count attempts which came to nothing. Owns no clock reads.

A school behind one address gets in: what succeeds is given back, so only failures and abuse use
up a budget. A ticket is 256 bits and cannot be guessed, so a valid one is never refused for what
others at the same address did; the budgets bound the work that strangers can cause.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hearth_server.clock import Clock
from hearth_server.errors import Refusal

MAX_BUCKETS = 50_000


class Budget(StrEnum):
    """What is being limited. Realtime uses the plain strings."""

    JOIN = "join"
    BAD_HELLO = "bad_hello"
    HANDSHAKE = "handshake"
    JOIN_CODE = "join_code"
    BAD_KEY = "bad_key"
    SIGN_IN = "sign_in"
    REGISTER = "register"
    GUEST = "guest"
    BAD_LINK = "bad_link"
    PAIR_START = "pair_start"
    PAIR_CODE = "pair_code"
    FRIEND = "friend"
    PROFILE = "profile"
    START_GROUP = "start_group"
    JOIN_GROUP = "join_group"
    JOIN_GROUP_HERE = "join_group_here"
    REPORT = "report"
    REPORT_HERE = "report_here"
    LINE = "line"
    LINE_REACTION = "line_reaction"
    PLAN = "plan"
    ANSWER_EVENT = "answer_event"
    KNOCK = "knock"
    EDIT_EVENT = "edit_event"
    PREVIEW = "preview"
    CALENDAR_LINK = "calendar_link"
    CALENDAR_FEED = "calendar_feed"


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket's size and how fast it refills, in attempts."""

    burst: float
    per_s: float


RATES: dict[str, Rate] = {
    # Tickets asked for and never used. 600 at once is a whole school in one minute.
    Budget.JOIN: Rate(600, 10),
    # Bad, expired or replayed tickets, and sockets that never said hello.
    Budget.BAD_HELLO: Rate(30, 0.5),
    # Upgrades that have not led to a hello yet.
    Budget.HANDSHAKE: Rate(600, 20),
    # Wrong join codes: 28^6 codes at one in two seconds is centuries.
    Budget.JOIN_CODE: Rate(40, 0.5),
    # Wrong operator keys.
    Budget.BAD_KEY: Rate(10, 0.1),
    # Wrong passwords and recovery codes; each costs the server an argon2 hash.
    Budget.SIGN_IN: Rate(40, 0.2),
    # Accounts that were not made after all; each costs a hash, too.
    Budget.REGISTER: Rate(40, 0.2),
    # Guests, whether they came in or not: a class at once behind one address.
    Budget.GUEST: Rate(80, 0.2),
    # Set-up links and invites that lead nowhere.
    Budget.BAD_LINK: Rate(40, 0.5),
    # Headsets that ask for a code.
    Budget.PAIR_START: Rate(30, 0.1),
    # Wrong codes of headsets, and secrets that are none.
    Budget.PAIR_CODE: Rate(20, 0.1),
    # Requests to be friends, answered ones too: a room full of people at once.
    Budget.FRIEND: Rate(60, 0.1),
    # Changes of one account's name and looks, which rooms show at once: as in open rooms.
    Budget.PROFILE: Rate(10, 1),
    # Groups that one account starts.
    Budget.START_GROUP: Rate(10, 1 / 300),
    # Groups that one account joins or asks to join, and the same by address.
    Budget.JOIN_GROUP: Rate(30, 1 / 20),
    Budget.JOIN_GROUP_HERE: Rate(600, 2),
    # Reports of one account: enough for a bad evening; and the same by address.
    Budget.REPORT: Rate(10, 1 / 60),
    Budget.REPORT_HERE: Rate(60, 1 / 10),
    # Lines of one account, and its reactions: as in rooms.
    Budget.LINE: Rate(6, 1),
    Budget.LINE_REACTION: Rate(8, 2),
    # Session plans and poses that one account saves, each of which may be large.
    Budget.PLAN: Rate(40, 0.5),
    # Answers to events of one account: a whole term at once, and some going to and fro.
    Budget.ANSWER_EVENT: Rate(60, 0.2),
    # How often one account says that it waits before doors; once in a few seconds will do.
    Budget.KNOCK: Rate(30, 1),
    # Changes to events of one account: a whole programme at once. Each works rules out.
    Budget.EDIT_EVENT: Rate(60, 0.2),
    # Rules that one account has worked out while planning: once for every change in a form.
    Budget.PREVIEW: Rate(60, 1),
    # Private calendars that one account makes.
    Budget.CALENDAR_LINK: Rate(10, 1 / 60),
    # Calendars read from one address: a household's devices, each every few minutes.
    Budget.CALENDAR_FEED: Rate(60, 0.5),
}

_TEXT = {
    Budget.JOIN: "Too many people at this address asked to join and did not arrive.",
    Budget.BAD_HELLO: "Too many connections from this address showed a ticket that does not work.",
    Budget.HANDSHAKE: "Too many connections from this address opened and said nothing.",
    Budget.JOIN_CODE: "Too many wrong codes from this address.",
    Budget.BAD_KEY: "Too many wrong keys from this address.",
    Budget.SIGN_IN: "Too many wrong passwords from this address.",
    Budget.REGISTER: "Too many attempts to make an account from this address.",
    Budget.GUEST: "Too many guests from this address at once.",
    Budget.BAD_LINK: "Too many links from this address that lead nowhere.",
    Budget.PAIR_START: "Too many headsets at this address asked for a code.",
    Budget.PAIR_CODE: "Too many wrong codes from this address.",
    Budget.FRIEND: "Too many requests to be friends from this address.",
    Budget.PROFILE: "You changed how you look many times at once.",
    Budget.START_GROUP: "You started many groups already.",
    Budget.JOIN_GROUP: "You asked to join many groups in a short time.",
    Budget.JOIN_GROUP_HERE: "Too many people at this address asked to join groups.",
    Budget.REPORT: "You sent many reports in a short time; the moderators have them.",
    Budget.REPORT_HERE: "Too many reports from this address in a short time.",
    Budget.LINE: "That was a lot of lines at once.",
    Budget.LINE_REACTION: "That was a lot of reactions at once.",
    Budget.PLAN: "You saved many plans or poses in a short time.",
    Budget.ANSWER_EVENT: "You answered many times in a short time.",
    Budget.KNOCK: "This page asks too often whether the doors are open.",
    Budget.EDIT_EVENT: "You changed events many times in a short time.",
    Budget.PREVIEW: "You asked for dates very often in a short time.",
    Budget.CALENDAR_LINK: "You made many calendar links in a short time.",
    Budget.CALENDAR_FEED: "Calendars were read very often from this address.",
}


class Addressed(Protocol):
    """What limits need to know of a client."""

    @property
    def bucket(self) -> str:
        """What to count by."""
        ...

    @property
    def exempt(self) -> bool:
        """Whether address limits do not apply."""
        ...


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class AddressLimits:
    """One bucket per budget and address, in bounded memory (the longest unused goes first)."""

    def __init__(
        self, clock: Clock, rates: dict[str, Rate] | None = None, max_buckets: int = MAX_BUCKETS
    ) -> None:
        self._clock = clock
        self._rates = rates or RATES
        self._max_buckets = max_buckets
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, budget: str, address: Addressed) -> Refusal | None:
        """Count one attempt; the refusal says when the next is possible."""
        if address.exempt:
            return None
        rate = self._rates[budget]
        bucket = self._refilled(budget, address.bucket)
        if bucket.tokens >= 1.0:
            bucket.tokens -= 1.0
            return None
        return self._refusal(budget, (1.0 - bucket.tokens) / rate.per_s)

    def spent(self, budget: str, address: Addressed) -> Refusal | None:
        """Say whether the budget is used up, without counting anything."""
        if address.exempt or (budget, address.bucket) not in self._buckets:
            return None
        tokens = self._refilled(budget, address.bucket).tokens
        if tokens >= 1.0:
            return None
        return self._refusal(budget, (1.0 - tokens) / self._rates[budget].per_s)

    def give_back(self, budget: str, address: Addressed) -> None:
        """The attempt succeeded after all: it does not count."""
        if address.exempt or (budget, address.bucket) not in self._buckets:
            return
        bucket = self._refilled(budget, address.bucket)
        bucket.tokens = min(self._rates[budget].burst, bucket.tokens + 1.0)

    def _refilled(self, budget: str, key: str) -> _Bucket:
        rate = self._rates[budget]
        now_s = self._clock.monotonic_s()
        # Taking it out and putting it back keeps the dict in order of last use.
        bucket = self._buckets.pop((budget, key), None)
        if bucket is None:
            bucket = _Bucket(rate.burst, now_s)
            while len(self._buckets) >= self._max_buckets:
                del self._buckets[next(iter(self._buckets))]
        else:
            bucket.tokens = min(rate.burst, bucket.tokens + (now_s - bucket.at_s) * rate.per_s)
            bucket.at_s = now_s
        self._buckets[budget, key] = bucket
        return bucket

    @staticmethod
    def _refusal(budget: str, wait_s: float) -> Refusal:
        text = f"{_TEXT[Budget(budget)]} Wait {max(1, round(wait_s))} s and try again."
        return Refusal("too_many_attempts", text, retry_after_s=wait_s)
