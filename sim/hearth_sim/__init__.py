"""The spatial core: where everybody is, who sees and hears whom, and the bytes that say so."""
