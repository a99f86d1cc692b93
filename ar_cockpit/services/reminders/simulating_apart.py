"""A simulation that a screen asks for: in a process of its own where a web worker would keep everybody else waiting."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from typing import IO

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import CockpitError, RefusedError
from ar_cockpit.processes import end_with_family, environment_of_a_child
from ar_cockpit.services.figures import apart
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import simulation
from ar_cockpit.services.reminders.simulation import Simulation, Tell

_ANSWER, _REFUSAL = b"answer\n", b"refusal\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be simulated: ``toml`` is the draft, empty for the policy in force."""

    actor: Actor
    as_of: date
    days: int
    toml: str
    company: str


def simulate(asked: Asked, tell: Tell) -> Simulation:
    """Return what :func:`~ar_cockpit.services.reminders.simulation.simulate` does; ``tell`` ends it by raising."""
    if not apart.is_wanted():
        return _made(asked, tell)
    command = [sys.executable, "-m", "ar_cockpit.services.reminders.simulating_apart"]
    with subprocess.Popen(  # noqa: S603 (our own module, no outside words)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment_of_a_child()
    ) as child:
        assert child.stdin is not None  # noqa: S101 (asked for above)
        assert child.stdout is not None  # noqa: S101 (likewise)
        try:
            pickle.dump(asked, child.stdin)
            child.stdin.close()
            return _heard(child.stdout, tell)
        finally:
            child.kill()  # it has told all, or nobody wants to hear the rest


def _heard(told: IO[bytes], tell: Tell) -> Simulation:
    """Return the answer of the other process, and pass on how far it is meanwhile."""
    for line in told:
        if line == _ANSWER:
            made: Simulation = pickle.load(told)  # noqa: S301 (from our own process)
            return made
        if line == _REFUSAL:
            raise RefusedError(*pickle.load(told))  # noqa: S301 (likewise)
        tell(float(line))
    raise RefusedError("The simulation ended before its time.", "Ask for it again.")


def _made(asked: Asked, tell: Tell) -> Simulation:
    draft = policies.check(asked.toml) if asked.toml else None
    with reading() as session:
        return simulation.simulate(
            session, asked.actor, asked.as_of, days=asked.days, draft=draft, company=asked.company, tell=tell
        )


def answer(asking: IO[bytes], telling: IO[bytes]) -> None:
    """Simulate what is asked for, and tell how far it is, then the answer or the refusal."""

    def tell(share: float) -> None:
        telling.write(f"{share:.3f}\n".encode())
        telling.flush()

    asked: Asked = pickle.load(asking)  # noqa: S301 (from the process that started this one)
    try:
        made = _made(asked, tell)
    except CockpitError as error:
        telling.write(_REFUSAL)
        pickle.dump((error.sentence, error.mend), telling)
    else:
        telling.write(_ANSWER)
        pickle.dump(made, telling)
    telling.flush()


if __name__ == "__main__":
    end_with_family()
    answer(sys.stdin.buffer, sys.stdout.buffer)
