"""Morning yoga, twenty minutes: from sitting over kneeling to standing, and down to rest."""

from typing import Final

from hearth_server.community.plans.starters.starting import (
    CALM,
    EVEN,
    Starter,
    both_sides,
    cue,
    instead,
)

_ON_A_CHAIR: Final = instead("seated", "tall-seat", "On a chair: both feet flat, back long.")

_SITTING: Final = (
    cue(
        "arrive",
        60,
        "Welcome. Sit comfortably, close your eyes if you like, and feel the floor under you.",
        pose="easy-seat",
        breath=CALM,
        music="waves",
        light="dawn",
        alternatives=(
            _ON_A_CHAIR,
            instead("kneeling", "heel-seat", "Or sit back on your heels, on a cushion."),
            instead("lying", "corpse", "Or lie on your back and let the floor carry you."),
        ),
    ),
    cue(
        "breathe",
        60,
        "Breathe in through the nose for four, and out for six. If that is long, breathe as you "
        "like.",
        pose="easy-seat",
        breath=CALM,
        alternatives=(_ON_A_CHAIR, instead("kneeling", "heel-seat")),
    ),
    *both_sides(
        "twist",
        40,
        (
            "Grow tall as you breathe in. As you breathe out, turn to the right, head last.",
            "Come back to the middle, and turn to the left in the same calm way.",
        ),
        pose="seated-twist",
        breath=CALM,
        alternatives=(instead("seated", "chair-twist", "On a chair: hold its back lightly."),),
    ),
)

_KNEELING: Final = (
    cue(
        "tabletop",
        30,
        "Come onto hands and knees: hands under the shoulders, knees under the hips.",
        pose="tabletop",
        breath=CALM,
        alternatives=(instead("seated", "tall-seat", "On a chair: hands on your knees."),),
    ),
    cue(
        "cat-cow",
        80,
        "Breathe in and let the chest open; breathe out and round your back like a cat.",
        pose="cat-cow",
        breath=EVEN,
        alternatives=(
            instead("seated", "tall-seat", "On a chair: lengthen your back, then round it."),
        ),
    ),
    cue(
        "child",
        40,
        "Sit back towards your heels and rest your forehead. You may come back here at any time.",
        pose="child",
        breath=CALM,
        alternatives=(
            instead("seated", "seated-fold", "Or fold forward over your legs."),
            instead("lying", "corpse", "Or rest on your back."),
        ),
    ),
    cue(
        "downward-dog",
        40,
        "Lift your hips high and back. Bend your knees as much as your legs like today.",
        pose="downward-dog",
        breath=CALM,
        alternatives=(
            instead(
                "kneeling", "tabletop", "Stay on hands and knees if wrists or head ask for it."
            ),
            instead("standing", "half-lift", "Or lean on the seat of a chair with a long back."),
            _ON_A_CHAIR,
        ),
    ),
    *both_sides(
        "lunge",
        40,
        (
            "Step your right foot between your hands, left knee down, and lift your chest.",
            "Change: the left foot steps forward, the right knee is down.",
        ),
        pose="low-lunge",
        breath=CALM,
        alternatives=(
            instead("seated", "tall-seat", "On a chair: raise your arms and grow tall."),
            instead("standing", "mountain", "Or stand and take one small step back."),
        ),
    ),
)

_STANDING: Final = (
    cue(
        "fold",
        30,
        "Walk your feet to your hands and hang forward. Soft knees, heavy head.",
        pose="forward-fold",
        breath=CALM,
        alternatives=(instead("seated", "seated-fold", "Sitting: fold over your legs."),),
    ),
    cue(
        "half-lift",
        20,
        "Hands to your shins, and make your back long and flat.",
        pose="half-lift",
        breath=CALM,
        alternatives=(_ON_A_CHAIR,),
    ),
    cue(
        "mountain",
        30,
        "Roll up slowly, the head comes last. Stand with both feet heavy.",
        pose="mountain",
        breath=CALM,
        light="day",
        alternatives=(_ON_A_CHAIR,),
    ),
    cue(
        "raised-hands",
        40,
        "Breathe in and let your arms float up; breathe out and let them sink.",
        pose="raised-hands",
        breath=EVEN,
        alternatives=(instead("seated", "tall-seat", "The same arms, sitting."),),
    ),
    cue(
        "chair-pose",
        30,
        "Feet under the hips: sit back as if onto a high chair. Higher is easier.",
        pose="chair-pose",
        breath=CALM,
        alternatives=(instead("seated", "tall-seat", "On a chair: press both feet down."),),
    ),
    *both_sides(
        "warrior",
        40,
        (
            "A wide step. Right foot out, right knee over its ankle, arms long, gaze to the right.",
            "Straighten up and change: the left knee bends, gaze over the left hand.",
        ),
        pose="warrior-2",
        breath=CALM,
        alternatives=(instead("seated", "tall-seat", "On a chair: arms long, gaze to the side."),),
    ),
    *both_sides(
        "triangle",
        40,
        (
            "Legs straight: reach far to the right, right hand to the shin, left arm up.",
            "Come up with a long breath in, and reach to the left.",
        ),
        pose="triangle",
        breath=CALM,
        alternatives=(
            instead("seated", "seated-side-bend", "On a chair: lean gently to the other side."),
        ),
    ),
    *both_sides(
        "tree",
        40,
        (
            "Weight on the left foot. The right sole rests at the calf or the thigh, not the knee.",
            "Change sides: stand on the right foot, and look at one still point.",
        ),
        pose="tree",
        breath=CALM,
        alternatives=(
            instead("seated", "butterfly", "Sitting: soles together, knees wide."),
            instead("standing", "mountain", "Or keep both feet down and just stand still."),
        ),
    ),
    cue(
        "fold-again",
        30,
        "Hang forward once more. Let go of your neck and your jaw.",
        pose="forward-fold",
        breath=CALM,
        alternatives=(instead("seated", "seated-fold", "Sitting: fold over your legs."),),
    ),
)

_LYING: Final = (
    cue(
        "bridge",
        40,
        "Lie on your back, feet near your hips. Press them down and let your hips rise.",
        pose="bridge",
        breath=CALM,
        alternatives=(
            instead("lying", "corpse", "Or leave your back on the floor."),
            instead("seated", "tall-seat", "On a chair: lift your chest with the breath in."),
        ),
    ),
    *both_sides(
        "lying-twist",
        40,
        (
            "Let both knees sink to the left and look to the right. The right shoulder gets heavy.",
            "And the other way: knees to the right, gaze to the left.",
        ),
        pose="lying-twist",
        breath=CALM,
        alternatives=(instead("seated", "chair-twist", "On a chair: turn gently."),),
    ),
    cue(
        "rest",
        150,
        "Rest. Legs long, palms up. There is nothing to do now.",
        pose="corpse",
        music="bowls",
        light="dawn",
        silence=True,
        alternatives=(
            instead("seated", "chair-seat", "Rest sitting, hands in your lap."),
            instead("kneeling", "child", "Or rest on your knees."),
        ),
    ),
    cue(
        "close",
        40,
        "Move fingers and toes, roll to one side and sit up slowly. Thank you for this morning.",
        pose="easy-seat",
        light="day",
        alternatives=(_ON_A_CHAIR,),
    ),
)

MORNING_YOGA: Final = Starter(
    "morning-yoga",
    "Morning yoga",
    "Twenty calm minutes for everybody: sitting, on hands and knees, standing, and a rest.",
    "class",
    (*_SITTING, *_KNEELING, *_STANDING, *_LYING),
)
