"""The compiled part of the codec: bulk decoding and encoding of hot frames."""
