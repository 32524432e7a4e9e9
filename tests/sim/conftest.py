"""Settings for the property tests of this folder."""

from hypothesis import settings

# A first call may compile; how long something takes is not what these tests are about.
settings.register_profile("hearth-sim", deadline=None, max_examples=25)
settings.load_profile("hearth-sim")
