"""Talk: the channel of a group, kept in batches, told to pages and rooms."""
