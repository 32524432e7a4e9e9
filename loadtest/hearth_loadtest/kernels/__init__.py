"""The compiled loops of the generator: system calls for many bots without Python between them."""
