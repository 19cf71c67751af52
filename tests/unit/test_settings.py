"""Settings: what is read, what is refused, and what the documents say of them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.faults import SLOWDOWN
from shared.domain.schedule import DEADLINE
from shared.settings import InvalidSettingsError, Settings, environment, read_settings
from tools.settings_reference import example, with_table

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_has_a_default() -> None:
    assert read_settings({}) == Settings()


def test_an_empty_setting_has_its_default() -> None:
    assert read_settings({"KEEP_HISTORICAL": " ", "STORAGE_URL": ""}) == Settings()


def test_a_setting_is_read_as_its_type() -> None:
    found = read_settings({"MAX_VIDEOS_PER_CAMPAIGN": "7", "SYNTHETIC_SECONDS": "0.5"})

    assert (found.max_videos_per_campaign, found.synthetic_seconds) == (7, 0.5)


@pytest.mark.parametrize(
    ("url", "folder"),
    [("file:///srv/videos", Path("/srv/videos")), ("file:videos", Path("videos").absolute())],
)
def test_a_folder_is_absolute_or_beside_the_process(url: str, folder: Path) -> None:
    assert read_settings({"STORAGE_URL": url}).data_folder == folder


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORAGE_URL", "gs://bucket/folder"),
        ("STORAGE_URL", "gs://"),
        ("STORAGE_URL", "s3://bucket"),
        ("STORAGE_URL", "file://host/folder"),
        ("STORAGE_URL", "data"),
        ("VIDEO_GENERATOR", "sora"),
        ("DEFAULT_MODEL", "veo-2.0-generate-001"),
        ("DEFAULT_MODEL", "sora-2"),
        ("MAX_VIDEOS_PER_CAMPAIGN", "0"),
        ("MAX_VIDEOS_PER_CAMPAIGN", "four"),
        ("MAX_VIDEOS_PER_CAMPAIGN", "101"),
        ("KEEP_HISTORICAL", "-1"),
        ("KEEP_HISTORICAL", "1.5"),
        ("KEEP_HISTORICAL", "101"),
        ("TRASH_DAYS", "-1"),
        ("TRASH_DAYS", "31"),
        ("KEEP_FAILED_DAYS", "0"),
        ("KEEP_FAILED_DAYS", "7"),
        ("KEEP_FAILED_DAYS", "366"),
        ("KEEP_FAILED_DAYS", "a month"),
        ("EVENT_DAYS", "0"),
        ("EVENT_DAYS", "366"),
        ("SYNTHETIC_SECONDS", "nan"),
        ("SYNTHETIC_SECONDS", "-1"),
        ("SYNTHETIC_SECONDS", "1801"),
        ("PUBLIC_URL", "foo"),
        ("PUBLIC_URL", "videos.example.com"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https:///videos"),
        ("PUBLIC_URL", "ftp://videos.example.com"),
        ("PUBLIC_URL", "https://videos.example.com/?a=1"),
        ("PLAYS_URL", "//plays.example.com"),
        ("PLAYS_TOPIC", "play-views"),
        ("PLAY_KEY", "short"),
        ("SYNTHETIC_FAULTS", "explode"),
        ("LOG_LEVEL", "LOUD"),
        ("ALLOWED_HOSTS", "https://nas.lan"),
        ("ALLOWED_HOSTS", "nas.lan:8000"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "nas.lan,"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "null"),
        ("ALLOWED_ORIGINS", "app.example.com"),
        ("ALLOWED_ORIGINS", "https://app.example.com/"),
        ("ALLOWED_ORIGINS", "https://App.example.com"),
        ("API_KEYS", "a-key-without-a-name-0123456789abcdef"),
        ("API_KEYS", "shop:short"),
        ("MODEL_RATES", "50"),
        ("MODEL_RATES", "sora-2=50"),
        ("MODEL_RATES", "veo-3.1-generate-001"),
        ("MODEL_RATES", "veo-3.1-generate-001=fast"),
        ("MODEL_RATES", "veo-3.1-generate-001=-1"),
        ("MODEL_RATES", "veo-3.1-generate-001=10000"),
        ("MODEL_RATES", "veo-3.1-generate-001=5,veo-3.1-generate-001=6"),
    ],
)
def test_an_invalid_value_is_refused_with_the_name_of_its_setting(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingsError, match=name):
        read_settings({name: value})


@pytest.mark.parametrize(
    ("environment", "generator"),
    [
        ({}, "synthetic"),
        ({"VIDEO_GENERATOR": "veo", "GOOGLE_CLOUD_PROJECT": "showreel"}, "veo"),
        ({"STORAGE_URL": "gs://videos", "GOOGLE_CLOUD_PROJECT": "showreel"}, "veo"),
        (
            {
                "STORAGE_URL": "gs://videos",
                "GOOGLE_CLOUD_PROJECT": "showreel",
                "VIDEO_GENERATOR": "synthetic",
            },
            "synthetic",
        ),
    ],
)
def test_a_bucket_goes_with_veo_and_a_folder_with_the_synthetic_generator(
    environment: dict[str, str], generator: str
) -> None:
    assert read_settings(environment).generator == generator


def test_a_bucket_is_named_by_its_url() -> None:
    environment = {"STORAGE_URL": "gs://spring.example.com/", "GOOGLE_CLOUD_PROJECT": "showreel"}

    assert read_settings(environment).bucket == "spring.example.com"


@pytest.mark.parametrize(
    "environment", [{"STORAGE_URL": "gs://videos"}, {"VIDEO_GENERATOR": "veo"}]
)
def test_a_bucket_needs_a_project(environment: dict[str, str]) -> None:
    with pytest.raises(InvalidSettingsError, match="GOOGLE_CLOUD_PROJECT must be"):
        read_settings(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_CLOUD_PROJECT", "My Project"),
        ("FIRESTORE_DATABASE", "/"),
        ("PLAYS_DATABASE", "/"),
        ("PLAYS_TOPIC", "projects/p/topics/t"),
        ("GENERATE_TOPIC", "projects/p/topics/t"),
        ("VEO_LOCATION", "us central"),
        ("VEO_BASE_URL", "aiplatform.googleapis.com"),
        ("STORAGE_EMULATOR_HOST", "127.0.0.1:9000"),
    ],
)
def test_an_invalid_value_for_google_cloud_is_refused_with_the_name_of_its_setting(
    name: str, value: str
) -> None:
    environment = {"STORAGE_URL": "gs://videos", "GOOGLE_CLOUD_PROJECT": "showreel", name: value}

    with pytest.raises(InvalidSettingsError, match=name):
        read_settings(environment)


def test_a_secret_is_shown_neither_by_the_settings_nor_by_a_refusal() -> None:
    secret = "0123456789abcdef" * 2
    found = read_settings({"API_KEYS": f"shop:{secret}", "SIGNING_KEY": secret})

    assert secret not in repr(found)
    with pytest.raises(InvalidSettingsError) as refusal:
        read_settings({"API_KEYS": f"shop:{secret},{secret}"})
    assert secret not in str(refusal.value)


@pytest.mark.parametrize("url", ["https://videos.example.com", "http://10.0.0.7:8000/showreel/"])
def test_a_public_url_is_a_web_address(url: str) -> None:
    assert read_settings({"PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize("seconds", ["181", "1800"])
def test_a_slow_operation_ends_before_the_deadline_of_its_video(seconds: str) -> None:
    slow = {"SYNTHETIC_FAULTS": "lost=red, slow", "SYNTHETIC_SECONDS": seconds}

    with pytest.raises(InvalidSettingsError, match=r"SYNTHETIC_SECONDS .* 180 with the fault slow"):
        read_settings(slow)
    assert read_settings({**slow, "SYNTHETIC_SECONDS": "180"}).synthetic_seconds == 180
    longest = read_settings({"SYNTHETIC_SECONDS": "1800"}).synthetic_seconds
    assert timedelta(seconds=longest) < DEADLINE
    assert timedelta(seconds=180 * SLOWDOWN) < DEADLINE


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `.env` file where the process is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED")
    # Whatever is loaded goes with the test.
    monkeypatch.setattr(os, "environ", dict(os.environ))
    file = tmp_path / ".env"
    file.write_text("KEEP_HISTORICAL=7\nSIGNING_KEY='a$b ${HOME}'\nLOG_LEVEL=DEBUG\n")
    return file


@pytest.mark.usefixtures("env_file")
def test_the_environment_overrides_the_env_file() -> None:
    os.environ["LOG_LEVEL"] = "ERROR"

    found = read_settings(environment())

    assert (found.keep_historical, found.log_level) == (7, "ERROR")
    assert found.signing_key == "a$b ${HOME}"


def test_an_env_file_that_cannot_be_read_is_named(env_file: Path) -> None:
    env_file.write_bytes(b"SIGNING_KEY=caf\xe9\n")

    with pytest.raises(InvalidSettingsError, match=r"The file .env cannot be read"):
        environment()


@pytest.mark.usefixtures("env_file")
def test_no_env_file_is_read_on_cloud_run() -> None:
    os.environ["K_SERVICE"] = "serve-api"

    assert "KEEP_HISTORICAL" not in environment()


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(InvalidSettingsError) as refusal:
        read_settings({"MAX_VIDEOS_PER_CAMPAIGN": "many", "KEEP_HISTORICAL": "-1"})

    assert len(str(refusal.value).splitlines()) == 2


def test_the_readme_lists_every_setting() -> None:
    """`python -m tools.settings_reference` writes it again."""
    readme = (ROOT / "README.md").read_text("utf-8")

    assert with_table(readme) == readme


def test_the_example_environment_has_every_setting() -> None:
    assert example() == (ROOT / ".env.example").read_text("utf-8")


@pytest.mark.parametrize(("slots", "historical"), [(100, 38), (39, 100)])
def test_no_campaign_may_outgrow_its_record(slots: int, historical: int) -> None:
    def read(*, historical: int) -> Settings:
        return read_settings(
            {"MAX_VIDEOS_PER_CAMPAIGN": str(slots), "KEEP_HISTORICAL": str(historical)}
        )

    assert read(historical=historical).keep_historical == historical
    if historical < 100:
        with pytest.raises(InvalidSettingsError, match="KEEP_HISTORICAL"):
            read(historical=historical + 1)
