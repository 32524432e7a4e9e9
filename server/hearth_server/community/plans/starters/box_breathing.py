"""Box breathing, six minutes: even breaths first, small boxes, then the whole box."""

from typing import Final

from hearth_protocol.gathering import Breath
from hearth_server.community.plans.starters.starting import EVEN, Starter, cue, instead

_SMALL_BOX: Final = Breath(in_s=3.0, hold_s=3.0, out_s=3.0, rest_s=3.0)
_BOX: Final = Breath(in_s=4.0, hold_s=4.0, out_s=4.0, rest_s=4.0)
_OTHERS: Final = (
    instead("seated", "easy-seat", "Or cross-legged on a cushion."),
    instead("kneeling", "heel-seat", "Or on your heels."),
    instead("standing", "standing-stillness", "Or standing with soft knees."),
    instead("lying", "belly-breath", "Or on your back, knees up."),
)

BOX_BREATHING: Final = Starter(
    "box-breathing",
    "Box breathing",
    "Six minutes to become calm: in, hold, out, rest, each as long as the others.",
    "class",
    (
        cue(
            "arrive",
            30,
            "Sit upright and at ease. If you feel dizzy at any time, breathe as you like.",
            pose="tall-seat",
            music="drone",
            light="dusk",
            alternatives=_OTHERS,
        ),
        cue(
            "even",
            48,
            "In for four, out for four, through the nose. No effort.",
            pose="tall-seat",
            breath=EVEN,
            alternatives=_OTHERS,
        ),
        cue(
            "small-box",
            48,
            "Now a small box: in, hold, out, rest, three each. Holding does you no good today? "
            "Leave it out.",
            pose="tall-seat",
            breath=_SMALL_BOX,
            alternatives=_OTHERS,
        ),
        cue(
            "box",
            80,
            "The whole box: in for four, hold for four, out for four, rest for four.",
            pose="tall-seat",
            breath=_BOX,
            alternatives=_OTHERS,
        ),
        cue(
            "box-still",
            80,
            "Go on in your own quiet. Shoulders, jaw and hands stay soft.",
            pose="tall-seat",
            breath=_BOX,
            silence=True,
            alternatives=_OTHERS,
        ),
        cue(
            "let-go",
            44,
            "Let go of counting. The breath finds its own way again.",
            pose="tall-seat",
            music="bowls",
            alternatives=_OTHERS,
        ),
        cue(
            "close",
            30,
            "Open your eyes, stretch if you like. Thank you for breathing together.",
            pose="tall-seat",
            music="none",
            light="day",
            alternatives=_OTHERS,
        ),
    ),
)
