"""Session plans of groups, and the poses that they name."""
