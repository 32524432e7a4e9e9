"""The Hearth wire: bytes to values and back, for the server, the bots and the tests."""
