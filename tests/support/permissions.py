"""The table of rights as the documentation shows it."""

from hearth_server.community.permissions import LISTENER, RIGHT_WORDS, RIGHTS, Right, Role


def permission_table() -> str:
    """Render the table as Markdown, a line a right and a column a role."""
    roles = list(Role)
    lines = [
        "| May | " + " | ".join(roles) + " | listener |",
        "|---|" + "---|" * (len(roles) + 1),
    ]
    for right in Right:
        marks = ["yes" if right in RIGHTS[role] else "" for role in roles]
        marks.append("yes" if right in LISTENER else "")
        lines.append(f"| {RIGHT_WORDS[right]} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"
