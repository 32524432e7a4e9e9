"""A talk of half an hour: what an audience is told while somebody speaks."""

from typing import Final

from hearth_server.community.plans.starters.starting import Starter, cue

SHORT_TALK: Final = Starter(
    "short-talk",
    "Short talk",
    "Half an hour: three points and time for questions. Write your own points into it.",
    "talk",
    (
        cue(
            "welcome",
            120,
            "Welcome. Find a seat; questions are gathered for the end. Raise a hand whenever one "
            "comes to you.",
            light="day",
            music="none",
        ),
        cue("why", 180, "Why this matters, and what you will take home."),
        cue("first", 300, "First point"),
        cue("second", 300, "Second point"),
        cue("third", 300, "Third point"),
        cue("in-short", 60, "All of it in one sentence."),
        cue(
            "questions",
            480,
            "Questions. Raise your hand; whoever raised theirs first speaks first.",
        ),
        cue("thanks", 60, "Thank you for coming. The room stays open for a while."),
    ),
)
