"""Hearth's voice worker and Janus side by side: CPU for each packet that a listener received.

Janus (Debian package, VideoRoom, audio only, one event loop, ICE-lite) and a Hearth worker run on
the same core, in turns; talkers and listeners, the same code for both, on the other. Each listener
has one connection and hears the eight talkers of its company in it. Connections are real (ICE,
DTLS, SRTP with the same cipher). `python -m tests.benchmarks.bench_voice_janus`.
"""

import asyncio
import os
import statistics
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.bench_voice import CROWD_CORE, PLANE_CORE, Cell, Options
from tests.benchmarks.voice_company import (
    Company,
    End,
    Round,
    at_hearth,
    slices,
    worker_on_its_core,
)
from tests.benchmarks.voice_janus import Janus, installed, running_janus
from tests.benchmarks.voice_parties import Party
from tests.benchmarks.voice_rows import alone, settle

BAR = 1.0
#: Listeners to each talker: the largest company that Janus carries without losing more than this.
FANS, LOSS = (100, 50, 25, 12), 0.01


#: Janus waits for a candidate, though it sends no checks: any will do, ours shows by our checks.
_SOMEWHERE = (
    "a=rtcp-mux\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"
)


async def at_janus(janus: Janus, party: Party) -> Company:
    """Bring everybody into a Janus room."""
    company = Company("janus", janus.pid, party)
    feeds = []
    for end in company.talkers:
        feed, answer = await janus.publish(end.offer().replace("a=rtcp-mux\r\n", _SOMEWHERE, 1))
        await end.enter(answer)
        feeds.append(feed)

    async def listen(number: int, end: End) -> None:
        handle, offer = await janus.subscribe([feeds[k] for k in company.group(number)])
        # Janus takes the answer before it takes checks.
        answer = end.answer_to(offer).replace("a=rtcp-mux\r\n", _SOMEWHERE, 1)
        await janus.start(handle, answer)
        await end.enter(offer.replace("a=setup:actpass", "a=setup:passive"))

    for some in slices(list(enumerate(company.listeners))):
        await asyncio.gather(*(listen(*each) for each in some))
    return company


async def compare(options: Options, fan: int) -> list[Round]:
    """Let companies at both servers talk in turns."""
    party = Party(16, fan)
    found: list[Round] = []
    with tempfile.TemporaryDirectory() as kept:
        async with (
            worker_on_its_core() as (worker, pid),
            running_janus(Path(kept), PLANE_CORE) as janus,
        ):
            os.sched_setaffinity(0, {CROWD_CORE})
            companies = [await at_janus(janus, party), await at_hearth(worker, pid, party)]
            for _ in range(options.rounds):
                for company in companies:
                    await company.keep_alive()
                    found.append(await company.talk(options.seconds))
                    last = found[-1]
                    print(
                        f"  {last.server:7s} {party.rate:6d}/s {last.us_a_packet:6.2f} us  "
                        f"{last.share:5.1%}  loss {last.loss:8.4%}",
                        flush=True,
                    )
                    if last.server == "janus" and last.loss > LOSS and fan != FANS[-1]:
                        for each in companies:
                            each.close()
                        return found
            for company in companies:
                company.close()
    return found


def row_janus(options: Options) -> list[Cell]:
    """The worker's and Janus' CPU for a forwarded packet, in turns."""
    title = "CPU of a forwarded packet beside Janus' (VideoRoom, one event loop), in turns"
    if not installed():
        return [
            Cell(
                title,
                "**NOT COMPARED: Janus is not installed; `apt-get install janus` (Debian), then "
                "`python -m tests.benchmarks.bench_voice_janus`**",
                "",
                None,
                None,
            )
        ]
    settle(options)
    for fan in FANS:
        rounds = asyncio.run(compare(options, fan))
        if len(rounds) == 2 * options.rounds:
            break
    cost = {
        name: statistics.median(each.us_a_packet for each in rounds if each.server == name)
        for name in ("hearth", "janus")
    }
    pairs = [
        hearth.us_a_packet / janus.us_a_packet
        for janus, hearth in zip(rounds[::2], rounds[1::2], strict=True)
    ]
    ratio = statistics.median(pairs)
    loss = {
        name: max(each.loss for each in rounds if each.server == name)
        for name in ("hearth", "janus")
    }
    return [
        Cell(
            f"{title}, {Party(16, fan).rate:,} packets/s",
            f"{cost['hearth']:.2f} µs, Janus {cost['janus']:.2f} µs: **{ratio:.2f} x** "
            f"({min(pairs):.2f} to {max(pairs):.2f}); most lost {loss['hearth']:.2%}, "
            f"Janus {loss['janus']:.2%}",
            f"< {BAR:.0f} x",
            ratio < BAR,
            [asdict(each) for each in rounds],
        )
    ]


if __name__ == "__main__":
    alone("janus", row_janus)
