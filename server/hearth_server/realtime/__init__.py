"""The realtime shell: WebSockets in and out, and the tick. Rules live in rooms and the sim."""
