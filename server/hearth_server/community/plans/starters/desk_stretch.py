"""A stretch at the desk, eight minutes on a chair; everything works standing, too."""

from typing import Final

from hearth_server.community.plans.starters.starting import (
    CALM,
    EVEN,
    Starter,
    both_sides,
    cue,
    instead,
)

DESK_STRETCH: Final = Starter(
    "desk-stretch",
    "Desk stretch",
    "Eight minutes on a chair for neck, shoulders, back and hands.",
    "class",
    (
        cue(
            "sit",
            40,
            "Sit on the front of your chair, feet flat. Let your shoulders sink.",
            pose="tall-seat",
            breath=CALM,
            music="rain",
            light="day",
            alternatives=(instead("standing", "mountain", "Or stand, feet under the hips."),),
        ),
        *both_sides(
            "neck",
            30,
            (
                "Let your right ear sink towards your right shoulder. The left arm stays heavy.",
                "Slowly back, and let the left ear sink. Nothing pulls.",
            ),
            pose="neck-tilt",
            breath=CALM,
            alternatives=(instead("standing", None, "The same works standing."),),
        ),
        cue(
            "shoulders",
            40,
            "Fingertips on your shoulders: draw slow circles, and change direction halfway.",
            pose="shoulder-circles",
            alternatives=(instead("standing", None, "The same works standing."),),
        ),
        *both_sides(
            "side",
            30,
            (
                "Right arm up beside the ear, and lean to the left. Breathe into the long side.",
                "And the left arm: lean to the right.",
            ),
            pose="seated-side-bend",
            breath=CALM,
            alternatives=(instead("standing", "side-reach", "Standing: keep both feet heavy."),),
        ),
        *both_sides(
            "twist",
            30,
            (
                "Left hand on the right knee, the right behind you: turn to the right.",
                "Back to the middle, then turn to the left.",
            ),
            pose="chair-twist",
            breath=CALM,
            alternatives=(
                instead("standing", None, "Standing: turn only your chest, the hips stay."),
            ),
        ),
        cue(
            "chest",
            40,
            "Stand up if you can. Hands behind your back; the chest rises with the breath in.",
            pose="chest-opener",
            breath=EVEN,
            alternatives=(
                instead("seated", "tall-seat", "Sitting: hold the back of your chair instead."),
            ),
        ),
        *both_sides(
            "wrist",
            20,
            (
                "Right arm ahead, palm away: the left hand draws the fingers back, gently.",
                "Shake it out, and stretch the left.",
            ),
            pose="wrist-stretch",
            breath=CALM,
            alternatives=(instead("standing", None, "The same works standing."),),
        ),
        *both_sides(
            "hip",
            30,
            (
                "Right ankle on the left knee. Lean forward only as far as it is pleasant.",
                "Change: the left ankle on the right knee.",
            ),
            pose="chair-figure-four",
            breath=CALM,
            alternatives=(
                instead("standing", "mountain", "Sore knee or standing: leave both feet down."),
            ),
        ),
        cue(
            "eyes",
            30,
            "Look at the farthest point you can find. Let your eyes be soft, and blink.",
            pose="tall-seat",
            breath=CALM,
            alternatives=(instead("standing", "mountain"),),
        ),
        cue(
            "shake",
            20,
            "Shake out your hands, your arms, your shoulders.",
            music="none",
        ),
        cue(
            "close",
            30,
            "Sit tall once more and notice what is different. Well done; have some water.",
            pose="tall-seat",
            breath=CALM,
            alternatives=(instead("standing", "mountain"),),
        ),
    ),
)
