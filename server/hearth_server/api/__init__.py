"""The HTTP shell: pages, the JSON API, health and metrics. Knows no socket of the rooms."""
