"""Instructions, counted by callgrind: they repeat, on any machine and under any load."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import cores
from tests.bench.campaign import Campaign
from tests.bench.report import Row, Target
from tests.bench.requests import Request
from tests.bench.rounds import exactly
from tests.bench.servers import HELLO, ROOT, Function, showreel

_IMPORT = "instructions: framework and `import main` / framework"
_FIRST = "instructions to the first answer of `GET /v1/videos/{id}` / hello"
HAS_CALLGRIND = shutil.which("valgrind") is not None
_TOTALS = re.compile(r"^(?:summary|totals): ([0-9]+)", re.MULTILINE)

_FRAMEWORK = "import sys, functions_framework._cli, functions_framework._http.gunicorn\n"
_MAIN = f"{_FRAMEWORK}sys.path.append({str(ROOT)!r})\nimport main\n"
_ANSWER = f"""{_FRAMEWORK}
target, source, method, path, body = sys.argv[1:]
client = functions_framework.create_app(target, source).test_client()
answer = client.open(path, method=method, data=body or None, content_type="text/plain")
# What runs at the end of a process is no part of its start.
functions_framework._cli.os._exit(answer.status_code not in (200, 204))
"""


def count_imports() -> Row:
    if not HAS_CALLGRIND:
        return Row(what=f"{_IMPORT}: valgrind is not installed")
    bare, main = _count_all((HELLO, [_FRAMEWORK]), (HELLO, [_MAIN]))
    return Row(what=_IMPORT, ratio=exactly(main / bare), target=Target(at_most=1.05))


def count_first_answers(campaign: Campaign) -> Row:
    """What is imported only when it is needed is seen here."""
    if not HAS_CALLGRIND:
        return Row(what=f"{_FIRST}: valgrind is not installed")
    service = showreel(campaign.data)
    hello, read = count_answers((HELLO, Request(path="/")), (service, campaign.read))
    return Row(what=_FIRST, ratio=exactly(read / hello), target=Target(at_most=1.15))


def count_answers(*firsts: tuple[Function, Request]) -> list[int]:
    """Return the instructions of a new process that answers one request."""
    return _count_all(
        *(
            (
                function,
                [
                    *(_ANSWER, function.target, str(function.source)),
                    *(request.method, request.path, request.body),
                ],
            )
            for function, request in firsts
        )
    )


def _count_all(*programs: tuple[Function, Sequence[str]]) -> list[int]:
    with cores.pinned_to(cores.ALL), ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(_count, programs))


def _count(program: tuple[Function, Sequence[str]]) -> int:
    """Count what the main thread executes.

    Half a second after the start a laptop's first tick begins in another thread. Under callgrind
    that is before the first answer, without it long after.
    """
    function, arguments = program
    with TemporaryDirectory() as folder:
        counts = Path(folder, "counts")
        callgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}"]
        subprocess.run(
            [*callgrind, "--separate-threads=yes", sys.executable, "-c", *arguments],
            check=True,
            capture_output=True,
            env={**function.environment, "PYTHONHASHSEED": "0"},
            cwd="/",
        )
        found = _TOTALS.search(Path(f"{counts}-01").read_text(errors="replace"))
    if found is None:
        raise OSError("callgrind counted nothing.")
    return int(found[1])
