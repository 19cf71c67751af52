"""What all tests share."""

import signal

from hypothesis import HealthCheck, settings

from tools.emulated_cloud.environment import ignore_env_file, keep_off_the_cloud

keep_off_the_cloud()
ignore_env_file()

# A shell has what it runs in the background ignore Ctrl-C, and all that this starts would, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = [
    "tests.cloud.fixtures",
    "tests.cloud.bucket_fixtures",
    "tests.e2e.shared_cloud",
]

# A run of the suite draws the same examples as the one before it: a change that lands is not
# refused for an example that chance has found elsewhere. A busy machine is slow, and that is no
# failure.
settings.register_profile(
    "showreel",
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
# `pytest --hypothesis-profile=search` looks for new examples; a failure prints how to repeat it.
settings.register_profile(
    "search",
    settings.get_profile("showreel"),
    derandomize=False,
    max_examples=500,
    print_blob=True,
)
settings.load_profile("showreel")
