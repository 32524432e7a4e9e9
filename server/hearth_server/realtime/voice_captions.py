"""Captions: what is said in text goes to exactly those who hear it."""

from typing import TYPE_CHECKING

from hearth_protocol.errors import ErrorCode
from hearth_protocol.voice import VOICE_FEATURE, Caption, CaptionLine
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard


def caption(
    shard: "Shard", connection: "Connection", who: Participant, message: CaptionLine
) -> None:
    """Somebody says in text what they speak: it goes to whoever hears them, nobody else."""
    if not shard.voice.may_caption(who):
        connection.refuse(None, ErrorCode.RATE_LIMITED)
        return
    if who.identity is not None and who.identity.silenced:
        return  # nobody hears them
    frames = pack(
        Caption(from_=who.id, text=message.text, final=message.final, at_ms=shard.now_ms())
    )
    slots, _ = shard.world.voice.listeners_of(who.slot)
    # The rows are of the last step: who was parted since then is not told any more.
    apart = {shard.participants[other].slot for other in shard.apart.of(who)}
    for slot in slots.tolist():
        listener = shard.seats.connection[slot]
        if listener is None or slot in apart:
            continue
        if listener.participant is None or who.id in shard.voice.mutes.of(listener.participant.id):
            continue
        if VOICE_FEATURE in listener.session.features:
            listener.tell_packed(frames)
