"""The light WebRTC voice client, as the bots use it: it imports nothing of the server."""

from hearth_loadtest.voice.client import Heard, VoiceClient, VoiceError
from hearth_loadtest.voice.signalling import Answer

__all__ = ["Answer", "Heard", "VoiceClient", "VoiceError"]
