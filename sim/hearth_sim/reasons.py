"""Why a pose was refused or changed and why somebody is heard: names for the kernels' codes."""

from enum import IntEnum


class Rejection(IntEnum):
    """Why an arriving pose was dropped. `STALE` is no offence: networks repeat and reorder."""

    NONE = 0
    MALFORMED = 1
    FOREIGN = 2
    STALE = 3
    NOT_FINITE = 4
    BAD_ROTATION = 5


REJECTIONS = len(Rejection)


class Correction(IntEnum):
    """Why an accepted pose was changed; the numbers are the wire's (section 4.2)."""

    NONE = 0
    SPEED = 1
    BOUNDS = 2
    REACH = 3
    TELEPORT = 4
    ZONE = 5
    BOUNDARY = 6


CORRECTIONS = len(Correction)


class Hearing(IntEnum):
    """Why a listener hears a talker; what earshot shows to people."""

    NONE = 0
    #: Within range, in the same zone.
    NEAR = 1
    #: From a stage or through a megaphone.
    STAGE = 2
    #: Within range, through a portal from another zone.
    ZONE = 3
    #: In the same private bubble, or whispered to.
    BUBBLE = 4
    #: One of the two is a moderator who speaks with the other.
    MODERATOR = 5


class Tier(IntEnum):
    """How often a lane is told. `STANDBY` holds who is about to come within the radius."""

    FULL = 0
    HALF = 1
    QUARTER = 2
    STANDBY = 3


class Overload(IntEnum):
    """The announced ladder: each step keeps all that the steps below it took away."""

    NORMAL = 0
    FAR_RATES = 1
    FAR_HANDS = 2
    FAR_DROPPED = 3
    MIDDLE_DROPPED = 4
