"""A process that sends one request under a key, several times at once, and may be killed at it.

It waits for a line before it begins, and prints [status, body, replayed] of each answer.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

from shared import bootstrap
from tests.functional.showreel import function, undelivered

EFFECTS = (("objects", "put"), ("campaigns", "commit"), ("queue", "publish"))


def main(path: str, key: str, times: str, kill_at: str) -> None:
    with undelivered():
        app = function("serve_api")
        kill_this_process(int(kill_at))

        def send(_: int) -> tuple[int, str, str | None]:
            headers = {"Idempotency-Key": key}
            answer = app.test_client().post(path, json={}, headers=headers)
            return answer.status_code, answer.text, answer.headers.get("Idempotency-Replayed")

        tell("ready")
        sys.stdin.readline()
        with ThreadPoolExecutor(int(times)) as callers:
            tell(json.dumps(list(callers.map(send, range(int(times))))))
        bootstrap.close()


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def kill_this_process(at: int) -> None:
    """Let it die before this one of its effects that others can see; they count from 1."""
    effects = count(1)

    def deadly(effect: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            if next(effects) == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return effect(*args, **kwargs)

        return act

    for port, effect in EFFECTS:
        adapter = getattr(bootstrap.ports(), port)
        setattr(adapter, effect, deadly(getattr(adapter, effect)))


if __name__ == "__main__":
    main(*sys.argv[1:])
