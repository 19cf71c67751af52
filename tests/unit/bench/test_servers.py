"""The servers that are compared."""

import socket

from tests.bench.requests import Request, answer
from tests.bench.servers import HELLO, served
from tests.eventually import eventually


def test_a_server_has_answered_when_it_is_handed_over_and_is_gone_afterwards() -> None:
    root = Request(path="/")

    with served(HELLO, root) as port:
        assert b"ok" == answer(root, port)

    assert eventually(lambda: not is_listening(port))


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
