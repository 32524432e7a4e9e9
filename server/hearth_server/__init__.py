"""The Hearth node: HTTP, the web client and realtime rooms on one port."""
