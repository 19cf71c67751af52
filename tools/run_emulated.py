"""Serve the whole system on an emulated Google Cloud: `make run-emulated`.

Each function is a process of its own, as it is deployed. Firestore and Pub/Sub are Google's own
emulators; the bucket and Veo are those of tools/emulated_cloud. All of them end with this process.
"""

import argparse
import http.client
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.settings import InvalidSettingsError, environment, read_settings
from tools.doctor.expected import ALL_FUNCTIONS
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.emulators import FirestoreEmulator, MissingToolError, PubSubEmulator
from tools.emulated_cloud.environment import keep_off_the_cloud
from tools.emulated_cloud.function_process import THIS_TREE, FunctionProcess, Installation
from tools.emulated_cloud.processes import free_port
from tools.emulated_cloud.project import CloudProject
from tools.emulated_cloud.tokens import TokenServer
from tools.emulated_cloud.vertex.server import FakeVertex
from tools.serve import (
    STOP_SIGNALS,
    THREADS,
    announce,
    fail,
    health,
    misspelt_settings,
    why_unusable,
)

PROJECT = "showreel-emulated"
# The scheduler's minute.
TICK_SECONDS = 3
VEO_SECONDS = 2
# Submissions a minute and model, as Google gives a new project.
VEO_QUOTA = 50
WATCH_SECONDS = 0.5
# The framework's threads, 4 for each processor, are too few for `generate_video`: most of its steps
# wait for the moment of a turn. Cloud Run starts instances for them.
THREADS_OF = {"serve_api": THREADS, "generate_video": "16"}
LAST_LINE = "All of its data is gone when this ends."


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run-emulated", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args().port
    keep_off_the_cloud()
    try:
        check_settings()
    except InvalidSettingsError as error:
        return fail(str(error))
    if reason := why_unusable(port):
        return fail(f"Port {port} cannot be used: {reason}. Try another: make run-emulated PORT=…")
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        return serve(port)
    except MissingToolError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return 0


def check_settings() -> None:
    """Raise InvalidSettingsError, before anything is started."""
    given = environment()
    for sentence in misspelt_settings(given):
        print(sentence, file=sys.stderr)
    ours = {"STORAGE_URL": f"gs://{PROJECT}", "GOOGLE_CLOUD_PROJECT": PROJECT}
    read_settings({**given, **ours})


def serve(port: int) -> int:
    """Serve until a signal asks to stop, and leave no process and no file behind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="showreel-emulated-")))
        project, environment = start_cloud(stack, folder)
        functions = start_functions(stack, folder, environment, port)
        stack.callback(ignore_signals)
        if not all(function.wait_until_ready() for function in functions.values()):
            return fail("A function failed to start; see the log above.")
        project.subscribe({name: function.url for name, function in functions.items()})
        stack.enter_context(project.ticking(seconds=TICK_SECONDS))
        if health(port) != http.client.OK:
            return fail("The API failed to start; see the log above.")
        announce(port, f"Its bucket is gs://{project.bucket_name}, served at {project.storage.url}")
        print("\n".join(ways_in(project, environment)), flush=True)
        while not (ended := [each.target for each in functions.values() if each.has_ended]):
            time.sleep(WATCH_SECONDS)
        return fail(f"{ended[0]} ended by itself.")


def ways_in(project: CloudProject, environment: Mapping[str, str]) -> list[str]:
    """Return the commands that reach the cloud from another shell, without the API."""
    request = '{"campaign_id": "by-message", "prompts": ["Steam rises from a cup"], "seconds": 4}'
    message = f"$(printf %s '{request}' | base64 | tr -d '\\n')"
    topic = f"http://$PUBSUB_EMULATOR_HOST/v1/projects/{project.name}/topics/request-videos"
    publish = f"curl -s {topic}:publish -H 'Content-Type: application/json'"
    return [
        "For make reconcile and Google's own clients in another shell:",
        *(f"  export {name}={value}" for name, value in sorted(environment.items())),
        "A request by message, to the topic request-videos:",
        f"""  {publish} -d '{{"messages": [{{"data": "'"{message}"'"}}]}}'""",
        LAST_LINE,
    ]


def start_cloud(stack: ExitStack, folder: Path) -> tuple[CloudProject, dict[str, str]]:
    """Start Google's services, and return a project and Showreel's settings for it."""
    firestore = stack.enter_context(FirestoreEmulator())
    pubsub = stack.enter_context(PubSubEmulator())
    return set_up_project(stack, folder, firestore_host=firestore.host, pubsub_host=pubsub.host)


def set_up_project(
    stack: ExitStack, folder: Path, *, firestore_host: str, pubsub_host: str
) -> tuple[CloudProject, dict[str, str]]:
    """Start the bucket, the token server and Veo, and return the same."""
    storage = stack.enter_context(StrictBucketServer())
    tokens = stack.enter_context(TokenServer())
    project = CloudProject(
        name=PROJECT, firestore_host=firestore_host, pubsub_host=pubsub_host, storage=storage
    )
    project.create()
    vertex = FakeVertex(
        seconds=VEO_SECONDS,
        quota=VEO_QUOTA,
        write_clip=project.keep_clip,
        read_object=project.read_object,
    )
    stack.enter_context(vertex)
    environment = project.signing_environment(folder, token_url=tokens.url)
    return project, {**environment, "VEO_BASE_URL": vertex.url}


def start_functions(
    stack: ExitStack,
    folder: Path,
    environment: Mapping[str, str],
    port: int,
    installation: Installation = THIS_TREE,
) -> dict[str, FunctionProcess]:
    """Start all functions at once: most of their start is imports."""
    functions = {}
    ports = {target: free_port() for target in ALL_FUNCTIONS} | {"serve_api": port}
    plays_url = f"http://localhost:{ports['record_plays']}/v1/plays"
    for target in ALL_FUNCTIONS:
        home = folder / target
        home.mkdir()
        own = {"THREADS": THREADS_OF[target]} if target in THREADS_OF else {}
        if target == "serve_api":
            own["PLAYS_URL"] = plays_url
        if target == "deliver_events":
            # The URLs in events; requests, which have a URL of their own, come to the API alone.
            own["PUBLIC_URL"] = f"http://localhost:{port}"
        function = FunctionProcess(
            target,
            environment={**environment, **own},
            home=home,
            port=ports[target],
            installation=installation,
        )
        functions[target] = stack.enter_context(function)
    return functions


def ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
