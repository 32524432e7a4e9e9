"""A body-scan meditation, fifteen minutes, lying on one's back."""

from typing import Final

from hearth_server.community.plans.starters.starting import CALM, Starter, cue, instead

_OTHERS: Final = (
    instead("seated", "chair-seat", "Or on a chair, both feet flat."),
    instead("kneeling", "kneeling-seat", "Or kneeling on a bench or a cushion."),
    instead("standing", "standing-stillness", "Or standing, with soft knees."),
)

#: Parts of the body, how long attention stays with each, and what is said.
_PARTS: Final = (
    (
        "feet",
        80,
        "Bring your attention to your feet: toes, soles, heels. Warm or cool, light or heavy; "
        "all of it is fine.",
    ),
    ("legs", 60, "Let it wander up to the lower legs and the knees. Just feel what is there."),
    ("hips", 60, "Thighs and hips. Where do they touch the floor? Let the floor carry them."),
    (
        "back",
        80,
        "Your back, from below to the top. If something hurts, breathe there, or move a little.",
    ),
    (
        "belly",
        80,
        "Belly and chest. They rise and sink by themselves; you need not help.",
    ),
    ("hands", 60, "Your hands: palms, backs, each finger. Perhaps a tingling, perhaps nothing."),
    ("arms", 60, "Arms and shoulders. Let the weight sink where it wants to go."),
    (
        "face",
        80,
        "Throat and neck, jaw and cheeks, the eyes, the forehead. Let the face have no task.",
    ),
)

BODY_SCAN: Final = Starter(
    "body-scan",
    "Body scan",
    "Fifteen minutes of attention, from the feet to the head. Nothing has to be changed.",
    "class",
    (
        cue(
            "arrive",
            60,
            "Lie on your back and make yourself comfortable. You may move, or stop, at any time.",
            pose="body-scan",
            music="drone",
            light="dusk",
            alternatives=_OTHERS,
        ),
        cue(
            "breathe",
            60,
            "Breathe in softly, and out a little longer. With each breath out, rest heavier.",
            pose="body-scan",
            breath=CALM,
            alternatives=_OTHERS,
        ),
        *(
            cue(name, seconds, text, pose="body-scan", alternatives=_OTHERS)
            for name, seconds, text in _PARTS
        ),
        cue(
            "whole",
            120,
            "Now feel the whole body at once, as it lies here and breathes.",
            pose="lying-rest",
            silence=True,
            music="none",
            alternatives=_OTHERS,
        ),
        cue(
            "wake",
            60,
            "Let the breath grow deeper. Move fingers and toes, stretch as you like.",
            pose="lying-rest",
            breath=CALM,
            music="bowls",
            alternatives=_OTHERS,
        ),
        cue(
            "close",
            40,
            "Roll to one side and sit up slowly. Thank you for taking this time.",
            pose="quiet-seat",
            light="day",
            alternatives=_OTHERS,
        ),
    ),
)
