"""What a new group starts with, by template: draft norms and a first room.

The words are drafts. A founder signs them by starting the group, and may change them any time.
"""

from dataclasses import dataclass
from typing import Final, Literal

from hearth_server.community.norms import NormItem

GroupTemplate = Literal["campfire", "studio", "gallery", "classroom", "terrace"]


@dataclass(frozen=True, slots=True)
class Starter:
    """A template's draft norms, and the name and description of its first room."""

    norms: tuple[NormItem, ...]
    room_name: str
    room_description: str


STARTERS: Final[dict[GroupTemplate, Starter]] = {
    "campfire": Starter(
        norms=(
            NormItem("Come as you are. Everybody here was new once, so greet whoever arrives."),
            NormItem("Let people finish. Silence by the fire is welcome; it needs no filling."),
            NormItem("What is told here stays here: nobody records.", "no_recording"),
            NormItem("Ask before you come close, and take no for an answer the first time."),
            NormItem("Speak of people who are absent as if they sat beside you."),
            NormItem("If something goes wrong, say so to a moderator. You will be listened to."),
        ),
        room_name="By the fire",
        room_description="A clearing and a fire. Sit down wherever there is room.",
    ),
    "studio": Starter(
        norms=(
            NormItem("Everybody keeps an arm's length: each body needs its room.", "boundary_all"),
            NormItem("Come in quietly and listen. The teacher opens the talk.", "listen_first"),
            NormItem("Practise at your own pace. Resting counts, and so does stopping."),
            NormItem("No remarks about bodies or about how somebody else moves."),
            NormItem("Nobody records and nobody takes pictures.", "no_recording"),
            NormItem("Advice only when it is asked for; pain goes to a doctor, not to a forum."),
        ),
        room_name="Studio",
        room_description="Mats on a wooden floor, light from one side. Take a free mat.",
    ),
    "gallery": Starter(
        norms=(
            NormItem("Look first, then talk. Leave others the time to do the same."),
            NormItem("Speak of the work, not of the person. Say what you see before you judge."),
            NormItem("Whoever made it gets the last word on what it means to them."),
            NormItem("Touch and move only what its owner has offered."),
            NormItem("Credit what you show, and show only what is yours to show."),
        ),
        room_name="Gallery",
        room_description="White walls, good light, and space to step back.",
    ),
    "classroom": Starter(
        norms=(
            NormItem("There are no silly questions. Raise a hand, and your turn will come."),
            NormItem("Listen first: while somebody teaches, the room is theirs.", "listen_first"),
            NormItem("Mistakes are how we learn. Correct kindly, and thank those who correct you."),
            NormItem("Help your neighbour to the answer; do not hand it over."),
            NormItem("Nobody records without asking everyone in the room.", "no_recording"),
            NormItem("Be on time, or come in so that nobody notices."),
        ),
        room_name="Classroom",
        room_description="Rows of seats before a stage. Sit in front if you like to ask.",
    ),
    "terrace": Starter(
        norms=(
            NormItem("A place to unwind: talk about what you love, and let others love it not."),
            NormItem("Make room in the circle when somebody comes near."),
            NormItem("Flirting needs two. One sign of unease, and it ends there."),
            NormItem("No selling, no recruiting, no preaching."),
            NormItem("Disagree with ideas and stay friends with people."),
            NormItem("Leave whenever you like. Nobody asks why."),
        ),
        room_name="Terrace",
        room_description="Evening air over the roofs, seats in small circles.",
    ),
}
