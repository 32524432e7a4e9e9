"""The slow, obvious twin of the voice policy, and a scene that tells both the same."""

import math
from typing import Any

import numpy as np

from hearth_sim.reasons import Hearing
from hearth_sim.settings import Acoustics, RoomShape, WorldSettings, ZoneBox
from hearth_sim.voice_modes import Hush, VoiceRule
from tests.sim.stage import Stage
from tests.sim.voice_people import HALL, OPEN_HALL, Member, Seat


class Scene:
    """A stage whose people are told to the twin as well."""

    def __init__(self, *shapes: RoomShape, capacity: int = 64) -> None:
        self.shapes = shapes or (HALL,)
        self.stage = Stage(WorldSettings(capacity=capacity), *self.shapes)
        self.voice = self.stage.world.voice
        self.members: list[Member] = []
        self.portals = [
            {pair for a, b in shape.portals for pair in ((a, b), (b, a))} for shape in self.shapes
        ]
        self.rules = [VoiceRule() for _ in self.shapes]
        self.stepped = False

    # --- what is said --------------------------------------------------------------------------

    def join(self, x: float = 0.0, z: float = 0.0, yaw: float = 0.0, room: int = 0) -> Member:
        member = Member(self.stage.join(x, z, yaw, room))
        self.members.append(member)
        return member

    def leave(self, member: Member) -> None:
        self.stage.leave(member.person)
        self.members.remove(member)
        for other in self.members:
            other.apart.discard(member)
            other.linked.discard(member)

    def place(self, member: Member, x: float, z: float, yaw: float | None = None) -> None:
        pose = self.stage.world.pose[member.slot]
        pose[[0, 2]] = x, z
        if yaw is not None:
            pose[3:7] = 0.0, math.sin(yaw / 2.0), 0.0, math.cos(yaw / 2.0)

    def mic(self, member: Member, on: bool = True) -> None:
        self.voice.set_mic(member.slot, on)
        member.mic, member.level, member.smooth = on, 0.0, 0.0
        member.talking = member.spoke = member.active = False

    def talk(self, member: Member, on: bool = True) -> None:
        self.voice.set_talking(member.slot, on)
        if on and member.mic:
            member.spoke, member.level = True, max(member.level, 0.5)
        member.talking = on and member.mic

    def level(self, member: Member, level: float) -> None:
        self.voice.set_level(member.slot, level)
        member.level = float(np.float32(level))

    def speak(self, member: Member, level: float = 0.5) -> None:
        """Open the microphone and talk so loudly."""
        if not member.mic:
            self.mic(member)
        self.talk(member)
        self.level(member, level)

    def switch(self, member: Member, what: str, value: Any) -> None:
        """Set one of the plain fields."""
        world, slot = self.stage.world, member.slot
        voice = self.voice
        setters = {
            "hard": voice.set_hard_mute,
            "soft": voice.set_soft_mute,
            "hidden": world.set_hidden,
            "stage": world.set_stage,
            "megaphone": voice.set_megaphone,
            "deafened": voice.set_deafened,
            "slots": voice.set_voice_slots,
            "bubble": voice.set_bubble,
        }
        setters[what](slot, value)
        setattr(member, what, value)

    def rule(self, rule: VoiceRule, room: int = 0) -> None:
        self.voice.modes.set_rule(self.stage.rooms[room], rule)
        self.rules[room] = rule

    def lead(self, member: Member, on: bool = True) -> None:
        self.voice.modes.set_leader(member.slot, on)
        member.leads = on

    def hush(self, member: Member, kind: Hush) -> None:
        self.voice.modes.set_hush(member.slot, kind)
        member.hushed = kind

    def lie(self, member: Member, mat: tuple[float, float] | None) -> None:
        self.voice.modes.set_mat(member.slot, mat)
        member.mat = mat and (float(np.float32(mat[0])), float(np.float32(mat[1])))

    def megaphone(self, member: Member, for_ms: int, quiet_ms: int | None = None) -> None:
        until_ms = self.stage.now_ms + for_ms
        self.voice.set_megaphone(member.slot, until_ms, quiet_ms)
        member.megaphone, member.quiet_ms = until_ms, quiet_ms
        member.megaphone_ms = self.stage.now_ms + (0 if self.stepped else 50)

    def earmuffs(self, member: Member, radius_m: float | None) -> None:
        self.voice.set_earmuffs(member.slot, radius_m)
        member.earmuff_m = math.inf if radius_m is None else float(np.float32(radius_m))

    def zone(self, member: Member, zone: int | None) -> None:
        self.voice.set_zone(member.slot, zone)
        member.zone_set = zone is not None
        member.zone = member.zone if zone is None else zone

    def whisper(self, member: Member, targets: list[Member] | None) -> None:
        self.voice.set_whisper(
            member.slot, None if targets is None else [target.slot for target in targets]
        )
        member.whisper = None if targets is None else set(targets)

    def apart(self, a: Member, b: Member, on: bool = True) -> None:
        self.stage.world.set_excluded(a.slot, b.slot, on)
        for one, other in ((a, b), (b, a)):
            (one.apart.add if on else one.apart.discard)(other)

    def link(self, a: Member, b: Member, on: bool = True) -> None:
        self.voice.set_moderating(a.slot, b.slot, on)
        for one, other in ((a, b), (b, a)):
            (one.linked.add if on else one.linked.discard)(other)

    # --- what follows --------------------------------------------------------------------------

    def step(self, steps: int = 1) -> None:
        for _ in range(steps):
            self.stage.step()
        self.stepped = True

    def twin_step(self) -> set[int]:
        """One step of both; give the slots whose row changed in the twin."""
        self.stage.step()
        self.stepped = True
        now_ms = self.stage.now_ms
        for member in self.members:
            self._end_megaphone(member, now_ms)
            self._place(member)
            self._listen_to(member, now_ms)
        return {m.slot for m in self.members if self._seat(m, now_ms)}

    def _end_megaphone(self, member: Member, now_ms: int) -> None:
        if member.megaphone is None:
            return
        if member.talking or member.spoke:
            member.megaphone_ms = now_ms
        quiet_for_ms = now_ms - member.megaphone_ms
        quiet = member.quiet_ms is not None and quiet_for_ms >= member.quiet_ms
        if quiet or now_ms >= member.megaphone:
            member.megaphone = None

    def audible(self, member: Member) -> bool:
        """Whether anybody at all could hear somebody, as far as it depends on them."""
        rule = self.rules[member.person.room]
        muted = member.hidden or member.hard or member.soft or member.hushed != "none"
        if not member.mic or muted:
            return False
        if rule.silence:
            return member.leads
        if rule.stage_only or rule.audience == "nobody":
            return member.loud or bool(member.linked)
        return True

    def where(self, member: Member) -> list[float]:
        return [float(number) for number in self.stage.world.pose[member.slot, :7]]

    def distance_m(self, a: Member, b: Member) -> float:
        dx, dy, dz = (p - q for p, q in zip(self.where(a)[:3], self.where(b)[:3], strict=True))
        return math.sqrt(dx * dx + dy * dy + dz * dz)

    def _place(self, member: Member) -> None:
        if member.zone_set:
            return
        at = self.where(member)[:3]

        def within(box: ZoneBox, margin_m: float) -> bool:
            return all(
                float(np.float32(low)) - margin_m <= here <= float(np.float32(high)) + margin_m
                for low, here, high in zip(box.minimum, at, box.maximum, strict=True)
            )

        boxes = self.shapes[member.person.room].zones
        if not any(box.zone == member.zone and within(box, 0.3) for box in boxes):
            member.zone = next((box.zone for box in boxes if within(box, 0.0)), 0)

    def _listen_to(self, member: Member, now_ms: int) -> None:
        if not member.mic:
            return
        talks, member.spoke = member.talking or member.spoke, False
        if not self.audible(member):
            member.active = False
            return
        release = 1.0 - math.exp(-50 / 300)
        rising = member.level > member.smooth
        member.smooth += (member.level - member.smooth) * (1.0 if rising else release)
        if rising:
            member.smooth = member.level
        if talks:
            member.onset_ms = member.onset_ms if member.active else now_ms
            member.talked_ms, member.active = now_ms, True
        elif now_ms - member.talked_ms >= 450:
            member.active = False

    def verdict(self, me: Member, talker: Member) -> tuple[Hearing, float] | None:
        """Why and how loudly one hears the other, or None for not at all."""
        strangers = me is talker or me.person.room != talker.person.room
        if strangers or me.hidden or me.deafened or talker in me.apart:
            return None
        reason = self._private(me, talker) if self.audible(talker) else Hearing.NONE
        if reason is None:
            return self._around(me, talker)
        return (reason, 1.0) if reason else None

    def _private(self, me: Member, talker: Member) -> Hearing | None:
        """What follows from company, wherever they stand; None if nothing does."""
        if talker in me.linked:
            return Hearing.MODERATOR
        if me.bubble != talker.bubble or self._only_linked(talker):
            return Hearing.NONE
        if talker.whisper is not None:
            return Hearing.BUBBLE if me in talker.whisper else Hearing.NONE
        return Hearing.BUBBLE if me.bubble else None

    def _around(self, me: Member, talker: Member) -> tuple[Hearing, float] | None:
        """What follows from where they stand."""
        same = me.zone == talker.zone
        silent = self.rules[me.person.room].silence
        loud = talker.leads if silent else talker.loud
        if same and loud:
            return Hearing.STAGE, 1.0
        if not same and (me.zone, talker.zone) not in self.portals[me.person.room]:
            return None
        heard = any(seat and seat.talker is talker for seat in me.row[: me.slots])
        d = self.distance_m(me, talker)
        air = self.shapes[me.person.room].acoustics or Acoustics()
        nearer = d if heard else d * (air.leave_m / air.enter_m)
        if nearer > air.leave_m or nearer > me.earmuff_m:
            return None
        if not (loud or self.beside(me, talker, 1.0 if heard else air.leave_m / air.enter_m)):
            return None
        gain = 1.0 if same else 10.0 ** (air.portal_db / 20.0)
        if d > air.ref_m:
            gain *= air.ref_m / (air.ref_m + air.rolloff * (d - air.ref_m))
        gain *= self._facing(talker, me, d, air)
        return (Hearing.NEAR if same else Hearing.ZONE), gain

    def _only_linked(self, talker: Member) -> bool:
        rule = self.rules[talker.person.room]
        mute = (rule.stage_only or rule.audience == "nobody") and not rule.silence
        return mute and not talker.loud

    def beside(self, me: Member, talker: Member, newly: float = 1.0) -> bool:
        """Whether an audience of which one hears one's neighbours lets these two talk."""
        rule = self.rules[me.person.room]
        if rule.audience != "near":
            return True
        here, there = self.where(me), self.where(talker)
        mats = [
            member.mat
            for member, (x, _, z, *_) in ((me, here), (talker, there))
            if member.mat is not None and math.hypot(member.mat[0] - x, member.mat[1] - z) <= 1.1
        ]
        if len(mats) == 2:
            return math.dist(*mats) <= rule.near_m + 0.001
        dx, dz = (here[0] - there[0]) * newly, (here[2] - there[2]) * newly
        return math.hypot(dx, dz) <= rule.near_m + 0.001

    def _facing(self, talker: Member, me: Member, d: float, air: Acoustics) -> float:
        qx, qy, qz, qw = self.where(talker)[3:7]
        ahead = -2.0 * (qx * qz + qw * qy), -2.0 * (qy * qz - qw * qx)
        view = (*ahead, 2.0 * (qx * qx + qy * qy) - 1.0)
        to = [p - q for p, q in zip(self.where(me)[:3], self.where(talker)[:3], strict=True)]
        dot = sum(a * b for a, b in zip(to, view, strict=True))
        inner = math.cos(math.radians(air.cone_inner_deg / 2))
        outer = math.cos(math.radians(air.cone_outer_deg / 2))
        if d == 0.0 or dot >= inner * d:
            return 1.0
        slope = (1.0 - air.cone_outer_gain) / max(inner - outer, 1e-9)
        return max(air.cone_outer_gain, 1.0 - slope * (inner - dot / d))

    def _seat(self, me: Member, now_ms: int) -> bool:
        """Bring one row up to date; say whether its talkers or reasons changed."""
        before = [(seat.talker, seat.reason) if seat else None for seat in me.row]
        limit = 0 if me.hidden or me.deafened else me.slots
        most = limit - limit // 4
        row: list[Seat | None] = [None] * 8
        waiting = []
        for talker in sorted(self.members, key=lambda member: member.slot):
            verdict = self.verdict(me, talker) if limit else None
            if verdict is None:
                continue
            reason, gain = verdict
            privileged = reason not in (Hearing.NEAR, Hearing.ZONE)
            score = gain * (0.05 + talker.smooth)
            rank = 16.0 * (2 * talker.active + privileged)
            at = next((v for v, s in enumerate(me.row[:limit]) if s and s.talker is talker), None)
            if at is None:
                waiting.append(
                    Seat(talker, reason, gain, now_ms, rank + score, privileged, new=True)
                )
            else:
                since_ms = me.row[at].since_ms  # type: ignore[union-attr]
                held = talker.active and now_ms - since_ms < 500
                key = rank + 1.5 * score
                row[at] = Seat(talker, reason, gain, since_ms, key, privileged, held)
        while sum(seat is not None and not seat.privileged for seat in row) > most:
            ordinary = [v for v, seat in enumerate(row) if seat and not seat.privileged]
            row[min(ordinary, key=lambda v: row[v].key)] = None  # type: ignore[union-attr]
        waiting.sort(key=lambda seat: -seat.key)
        while seated := next(
            ((s, at) for s in waiting if (at := _place_for(s, row[:limit], most, now_ms)) >= 0),
            None,
        ):
            row[seated[1]] = seated[0]
            waiting.remove(seated[0])
        me.row = row
        return before != [(seat.talker, seat.reason) if seat else None for seat in row]


def _place_for(who: Seat, row: list[Seat | None], most: int, now_ms: int) -> int:
    """The voice slot that somebody who waits gets, -1 for none."""
    ordinary = sum(seat is not None and not seat.privileged for seat in row)
    crowded = not who.privileged and ordinary >= most
    if None in row and not crowded:
        return row.index(None)
    fresh = who.talker.active and now_ms - who.talker.onset_ms <= 100

    def may_go(seat: Seat) -> bool:
        if seat.new or (crowded and seat.privileged):
            return False
        return not seat.held or fresh or (who.privileged and not seat.privileged)

    victims = [v for v, seat in enumerate(row) if seat and may_go(seat)]
    weakest = min(victims, key=lambda v: row[v].key, default=-1)  # type: ignore[union-attr]
    return weakest if weakest >= 0 and who.key > row[weakest].key else -1  # type: ignore[union-attr]


def hears(scene: Scene, listener: Member, talker: Member) -> Hearing:
    """Why one hears the other now; NONE for not at all."""
    row = scene.voice.talker[listener.slot].tolist()
    if talker.slot not in row:
        return Hearing.NONE
    return Hearing(int(scene.voice.reason[listener.slot, row.index(talker.slot)]))


def pair(away_m: float = 3.0, shape: RoomShape = OPEN_HALL) -> tuple[Scene, Member, Member]:
    """A listener and somebody who talks to them, looking at them from behind, `away_m` away."""
    scene = Scene(shape)
    listener, talker = scene.join(), scene.join(0.0, away_m)
    scene.speak(talker)
    scene.step()
    return scene, listener, talker
