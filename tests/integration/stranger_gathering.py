"""What gatherings add, as a stranger reads it in WIRE.md sections 5 and 13: tables and timeline."""

import math
from dataclasses import dataclass
from typing import Any

from tests.integration.stranger_checks import (
    ID,
    KEBAB,
    MILLISECONDS,
    PEOPLE_TEXT,
    REACTION,
    U32,
    Message,
    Table,
    boolean,
    integer,
    many,
    name,
    number,
    one_of,
    part,
    text,
)
from tests.integration.stranger_rooms import ACROSS, DEGREES, THING

ANY_ROLE = one_of("host", "co_host", "speaker", "audience")
HUSH = one_of("none", "soft", "hard")
AUDIENCE = one_of("near", "nobody")
KIND = one_of("none", "rows", "arc", "circle")
POSTURE = one_of("standing", "seated", "kneeling", "lying")
CUE_ID = text(1, 32, KEBAB)
POSE_ID = text(1, 48, KEBAB)
CUE_TEXT = text(0, 300)
PLAN_MS = integer(0, 43_200_000)
BREATH_S = number(0, 30)
ACCOUNT = text(1, 64)
BREATH: Table = {"in_s": BREATH_S, "hold_s": BREATH_S, "out_s": BREATH_S, "rest_s": BREATH_S}
ALTERNATIVE: Table = {"posture": POSTURE, "pose?": POSE_ID, "text": CUE_TEXT}
CUE: Table = {
    "id": CUE_ID,
    "from_ms": PLAN_MS,
    "ms": PLAN_MS,
    "text": CUE_TEXT,
    "side?": one_of("left", "right", "both"),
    "pose?": POSE_ID,
    "breath?": part(BREATH),
    "music?": one_of("none", "rain", "waves", "bowls", "drone", "pulse"),
    "light?": one_of("dawn", "day", "dusk", "night"),
    "silence": boolean,
    "alternatives": many(part(ALTERNATIVE), 4),
}
SEGMENT: Table = {
    "from_ms": U32,
    "run": one_of("waiting", "running", "holding", "paused", "over"),
    "plan_ms": PLAN_MS,
    "breath_ms": MILLISECONDS,
    "music_ms": MILLISECONDS,
}
STAGED: Table = {"id": ID, "role?": one_of("host", "co_host", "speaker"), "megaphone": boolean}
MY_PART: Table = {
    "role": ANY_ROLE,
    "hush": HUSH,
    "check": boolean,
    "check_seen": boolean,
    "attends": boolean,
    "late": boolean,
}
ATTENDEE: Table = {
    "id": ID,
    "mat?": THING,
    "check": boolean,
    "hush": HUSH,
    "late": boolean,
}

GATHERINGS_TO_SERVER: dict[str, Table] = {
    "lead": {
        "rid": U32,
        "act": one_of(
            "start", "hold", "next", "pause", "resume", "skip", "back", "forward", "jump",
            "wind_down", "end",
        ),
        "version": U32,
        "cue?": CUE_ID,
    },
    "hand": {"rid": U32, "on": boolean},
    "floor": {
        "rid": U32,
        "act": one_of("next", "give", "lower", "skip", "clear", "shuffle"),
        "participant?": ID,
        "seconds?": integer(5, 600),
    },
    "stage_role": {"rid": U32, "participant": ID, "role": ANY_ROLE},
    "megaphone": {"rid": U32, "participant": ID, "on": boolean},
    "hush": {"rid": U32, "participant": ID, "kind": HUSH},
    "unhush": {"rid": U32},
    "voice_rule": {
        "rid": U32,
        "audience?": AUDIENCE,
        "stage_only?": boolean,
        "silence?": boolean,
    },
    "form": {"rid": U32, "kind": KIND},
    "answer": {"rid": U32, "ask": U32, "yes": boolean},
    "check": {"rid": U32, "on": boolean},
    "attend": {"rid": U32, "on": boolean},
    "prompt": {"rid": U32, "kind": one_of("recentre")},
    "admit": {"rid": U32, "account": ACCOUNT, "yes": boolean, "seconds?": integer(30, 600)},
}  # fmt: skip
GATHERINGS_TO_CLIENT: dict[str, Table] = {
    "gathering": {
        "event": ACCOUNT,
        "occurrence": lambda value: isinstance(value, str) and len(value) == len("20261201T183000"),
        "title": text(1, 80),
        "template": one_of("class", "talk"),
        "state": one_of("doors", "live", "winding_down", "ended"),
        "starts_ms": MILLISECONDS,
        "ends_ms": MILLISECONDS,
        "stage": part({"x": ACROSS, "z": ACROSS, "yaw_deg": DEGREES}),
        "lead": one_of("host", "host_away", "successor_asked", "autopilot", "nobody"),
        "people": many(part(STAGED), 32),
        "audience": AUDIENCE,
        "stage_only": boolean,
        "silence": boolean,
        "plan": U32,
        "me": part(MY_PART),
        "waiting?": U32,
        "late?": U32,
    },
    "cues": {
        "plan": U32,
        "title": PEOPLE_TEXT,
        "total": integer(0, 500),
        "first": integer(0, 500),
        "cues": many(part(CUE), 32),
    },
    "timeline": {
        "version": U32,
        "plan": U32,
        "segments": lambda value: many(part(SEGMENT), 2)(value) and len(value) >= 1,
    },
    "hands": {
        "hands": many(part({"id": ID, "at_ms": U32}), 32),
        "total": U32,
        "mine": U32,
        "floor": many(part({"id": ID, "until_ms?": U32}), 32),
    },
    "applause": {
        "counts": lambda value: (
            many(part({"kind": REACTION, "count": ID}), 8)(value) and len(value) >= 1
        )
    },
    "formation": {
        "version": U32,
        "kind": KIND,
        "mats": many(part({"id": THING, "x": ACROSS, "z": ACROSS, "yaw_deg": DEGREES}), 400),
    },
    "ask": {
        "ask": U32,
        "kind": one_of("host", "take_over", "co_host", "speaker", "megaphone", "mat", "recentre"),
        "text": PEOPLE_TEXT,
        "from?": ID,
        "until_ms": U32,
        "mat?": THING,
    },
    "ask_over": {
        "ask": U32,
        "end": one_of("yes", "no", "expired", "withdrawn", "taken"),
        "text": PEOPLE_TEXT,
    },
    "attendees": {
        "reset": boolean,
        "people": many(part(ATTENDEE), 256),
        "gone": many(ID, 256),
    },
    "waiting_room": {
        "people": many(
            part(
                {
                    "account": ACCOUNT,
                    "name": name,
                    "since_ms": MILLISECONDS,
                    "asks": boolean,
                    "late": boolean,
                }
            ),
            64,
        ),
        "total": U32,
    },
}


# --- where the plan is (section 13) ----------------------------------------------------------


@dataclass
class Where:
    """Where the plan is at a moment."""

    run: str
    plan_ms: int
    cue: int
    cue_ms: int
    breath_ms: int
    music_ms: int
    track: str
    light: str | None
    breath: tuple[str, float, float] | None


def since(now: int, then: int) -> int:
    """Milliseconds from one server time to another."""
    return (now - then + 2**31) % 2**32 - 2**31


def where(timeline: Message, cues: list[Message], now: int) -> Where:
    """Work out where the plan is, as the document says it."""
    segments = timeline["segments"]
    force = ([each for each in segments if since(now, each["from_ms"]) >= 0] or segments[:1])[-1]
    e = max(0, since(now, force["from_ms"]))
    end = cues[-1]["from_ms"] + cues[-1]["ms"] if cues else 0
    run = force["run"]
    if run == "running" and force["plan_ms"] + e >= end:
        e, run = max(0, end - force["plan_ms"]), "over"
    moved = e if force["run"] == "running" else 0
    sounded = e if force["run"] in ("running", "holding") else 0
    plan_ms = force["plan_ms"] + moved

    def cue_at(place: int) -> int:
        return max((n for n, each in enumerate(cues) if each["from_ms"] <= place), default=-1)

    def setter(cue: int) -> int:
        return max((n for n in range(cue + 1) if "music" in cues[n]), default=-1)

    cue, was = cue_at(plan_ms), cue_at(force["plan_ms"])
    began = cues[cue]["from_ms"] if cue >= 0 else 0
    breath_ms = force["breath_ms"] + sounded if cue == was else plan_ms - began
    set_by = setter(cue)
    if set_by == setter(was):
        music_ms = force["music_ms"] + sounded
    else:
        music_ms = plan_ms - cues[set_by]["from_ms"]
    lights = [each["light"] for each in cues[: cue + 1] if "light" in each]
    pattern = cues[cue].get("breath") if cue >= 0 and run not in ("waiting", "over") else None
    return Where(
        run=run,
        plan_ms=plan_ms,
        cue=cue,
        cue_ms=plan_ms - began,
        breath_ms=breath_ms,
        music_ms=music_ms,
        track=cues[set_by]["music"] if set_by >= 0 else "none",
        light=lights[-1] if lights else None,
        breath=breathing(pattern, breath_ms) if pattern else None,
    )


def breathing(pattern: Message, clock_ms: int) -> tuple[str, float, float] | None:
    """Part of the breath, how far into it, and how full the lungs are."""
    lengths: dict[str, Any] = {
        each: math.floor(1000 * pattern[f"{each}_s"] + 0.5)
        for each in ("in", "hold", "out", "rest")
    }
    if not sum(lengths.values()):
        return None
    left = clock_ms % sum(lengths.values())
    for each, length in lengths.items():
        if left < length:
            fraction = left / length
            eased = 0.5 - 0.5 * math.cos(math.pi * fraction)
            full = {"in": eased, "hold": 1.0, "out": 1.0 - eased, "rest": 0.0}[each]
            return each, fraction, full
        left -= length
    return None
