"""Voice for bots: they talk made-up speech, listen, and know who should have heard whom."""
