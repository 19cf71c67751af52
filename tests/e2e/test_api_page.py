"""The requests of docs/api.md, sent by curl as they stand there, in their order."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.browser.server import Server, serving
from tests.e2e.launcher import ROOT
from tests.eventually import eventually
from tests.pictures import a_picture

PAGE = ROOT / "docs" / "api.md"
CAMPAIGN = "spring"
FAILS = "--silent --show-error --fail-with-body"
REQUESTS = re.compile(r"^curl (?:.*\\\n)*.*$", re.MULTILINE)
KINDS = ("video", "batch", "webhook", "experiment")


def block(kind: str) -> str:
    """Return the first block of the page in this language."""
    found = re.search(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def requests() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [request for each in blocks for request in REQUESTS.findall(each)]


def variables(server: Server) -> dict[str, str]:
    """Wait until no video is in progress, and return what the page says of the campaign."""
    eventually(lambda: server.get("/v1/videos?version_state=pending")["data"] == [])
    if not server.get(f"/v1/videos?campaign_id={CAMPAIGN}")["data"]:
        return {}
    first, second, *_ = server.get(f"/v1/campaigns/{CAMPAIGN}")["slots"]
    video = first["current"]
    earlier = {"EARLIER": each["id"] for each in first["historical"][:1]}  # noqa: B035
    return earlier | {
        "VIDEO": video["id"],
        "OTHER": second["current"]["id"],
        "EMBED": video["embed_url"].rpartition("/")[2],
    }


def learn(answer: str, known: dict[str, str]) -> None:
    """Keep the id, and the token, of what was answered."""
    is_object = answer.startswith("{") and "\n" not in answer
    answered: Any = json.loads(answer) if is_object else {}
    if answered.get("object") in KINDS:
        known[answered["object"].upper()] = answered["id"]
    if answered.get("object") == "embed":
        known["TOKEN"] = answered["play_token"]


def test_every_request_of_the_page_is_answered_with_success(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(block("json"), "utf-8")
    (tmp_path / "tonight.csv").write_text(block("csv"), "utf-8")
    (tmp_path / "cup.png").write_bytes(a_picture())
    environment = {
        "STORAGE_URL": (tmp_path / "data").as_uri(),
        "SYNTHETIC_SECONDS": "0",
        "CAMPAIGN_BUDGET_USD": "200",
    }
    known: dict[str, str] = {}
    assert len(requests()) > 40

    with serving(tmp_path / "stderr.log", environment) as server:
        for request in requests():
            known |= variables(server)
            command = f"{request} {FAILS}".replace("localhost:8000", f"localhost:{server.port}")
            done = subprocess.run(
                ["/bin/sh", "-uc", command],
                cwd=tmp_path,
                env={**os.environ, **known},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (request, done.stdout, done.stderr)
            learn(done.stdout, known)
