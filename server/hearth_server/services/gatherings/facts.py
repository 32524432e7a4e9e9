"""What a live room needs of an event on one day, read together."""

from hearth_server.community.events.records import Occurrence
from hearth_server.community.events.runs import RunFacts, RunKept
from hearth_server.services.events.occurring import leaders_of
from hearth_server.services.events.places import key_of
from hearth_server.services.events.telling import CONCERNED
from hearth_server.services.gatherings.plans import RunningPlans
from hearth_server.services.store import Tx


async def run_facts(
    tx: Tx, occurrence: Occurrence, plans: RunningPlans, kept: RunKept | None = None
) -> RunFacts:
    """Return a gathering as services know it.

    Args:
        tx: a transaction.
        occurrence: the event on its day.
        plans: of gatherings that go on.
        kept: how it went on, if it did already; it then has the plan that it had.
    """
    event = occurrence.event
    able = await leaders_of(tx, event)
    answers = await tx.rsvps.answers(key_of(occurrence), CONCERNED)
    live = kept.live if kept is not None else {}
    return RunFacts(
        event_id=event.id,
        original=occurrence.original,
        group_id=event.group_id,
        room_id=occurrence.room_id,
        title=occurrence.title,
        template=event.template,
        state=kept.state if kept is not None else "doors",
        starts_ms=occurrence.starts_ms,
        ends_ms=occurrence.ends_ms,
        # Whoever takes over is asked, so nobody steps into the host's place by being next.
        host_id=event.host_id if event.host_id in able else None,
        co_hosts=tuple(each for each in able if each != event.host_id),
        doors=event.doors,
        audience=event.audience,
        capacity=occurrence.capacity,
        plan=await plans.get(tx, occurrence.plan_id, live.get("plan")),
        access=frozenset(each.account_id for each in answers if each.access),
        attendance=frozenset(each.account_id for each in answers if each.attendance),
        formation=event.formation,
        expected=sum(each.places for each in answers if each.state == "going"),
        live=live,
    )
