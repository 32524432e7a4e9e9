"""The load generator: protocol bots that know the truth and judge what a server delivers."""
