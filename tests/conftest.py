"""What all tests share."""

from hypothesis import HealthCheck, settings

from tools.emulated_cloud.environment import ignore_env_file, keep_off_the_cloud

keep_off_the_cloud()
ignore_env_file()

pytest_plugins = ["tests.cloud.fixtures", "tests.cloud.bucket_fixtures"]

# A failure prints the line that repeats it. A busy machine is slow, and that is no failure.
settings.register_profile(
    "showreel",
    deadline=None,
    derandomize=False,
    # Half of the usual number: the tests run often, and each run draws other examples.
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("showreel")
