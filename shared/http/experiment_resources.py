"""Experiments and their reports as answers."""

from shared.domain.experiment import Experiment, ExperimentArm
from shared.domain.experiment_report import ArmReport
from shared.domain.experiment_report import ExperimentReport as Report
from shared.domain.signed_tokens import sign_embed
from shared.domain.verdicts import Difference, Verdict
from shared.http.analytics import rate_resource, watched_resource
from shared.http.calls import Call
from shared.http.experiment_types import (
    ArmResource,
    DayOfExperiment,
    DifferenceResource,
    ExperimentFacts,
    ExperimentReport,
    ExperimentResource,
    PromoteLink,
    ReportedArm,
    SampleRatioResource,
)
from shared.http.resources import content_url_of, epoch, moment, thumbnail_url_of


def _facts(call: Call, experiment: Experiment) -> ExperimentFacts:
    key = call.ports.play_key
    token = sign_embed(("experiment", experiment.id), key) if key else None
    return {
        "id": experiment.id,
        "object": "experiment",
        "campaign_id": experiment.campaign_id,
        "created_at": epoch(experiment.created_at),
        "name": experiment.name,
        "status": "running" if experiment.stopped_at is None else "stopped",
        "stopped_at": moment(experiment.stopped_at),
        "stop_reason": experiment.stop_reason,
        "shown_arm": None if experiment.stopped_at is None else experiment.shown_arm,
        "metric": experiment.metric,
        "planned_n": experiment.planned_n,
        "allocation": experiment.allocation,
        "requested_by": experiment.requested_by,
        "embed_url": f"{call.base_url}v1/embeds/{token}" if token else None,
    }


def experiment_resource(call: Call, experiment: Experiment) -> ExperimentResource:
    arms = [_arm(call, number, arm) for number, arm in enumerate(experiment.arms)]
    return {**_facts(call, experiment), "arms": arms}


def _arm(call: Call, number: int, arm: ExperimentArm) -> ArmResource:
    return {
        "arm": number,
        "video_id": arm.video_id,
        "label": arm.label,
        "weight": arm.weight,
        "content_url": content_url_of(arm.video_id, base_url=call.base_url),
        "thumbnail_url": thumbnail_url_of(arm.video_id, base_url=call.base_url),
    }


def report_resource(call: Call, experiment: Experiment, report: Report) -> ExperimentReport:
    arms = zip(experiment.arms, report.arms, strict=True)
    return {
        **_facts(call, experiment),
        "arms": [
            _reported(_arm(call, number, arm), found) for number, (arm, found) in enumerate(arms)
        ],
        "verdict": report.verdict,
        "best": report.best,
        "promote": _promote(call, experiment, report.winner),
        "is_planned_test_made": report.is_planned_test_made,
        "plays_needed": report.plays_needed,
        "days_needed": report.days_needed,
        "sample_ratio": _sample_ratio(experiment, report),
        "differences": [_difference(each, report.arms) for each in report.differences],
        "days": _days(report),
    }


def _reported(arm: ArmResource, found: ArmReport) -> ReportedArm:
    return {
        **arm,
        "exposures": found.watched.counts.exposures,
        "watched": watched_resource(found.watched),
        "rate": rate_resource(found.rate),
        "share": found.share,
        "best_probability": found.chance.best if found.chance else None,
        "expected_loss": found.chance.expected_loss if found.chance else None,
    }


def _promote(call: Call, experiment: Experiment, winner: int | None) -> PromoteLink | None:
    if winner is None:
        return None
    video_id = experiment.arms[winner].video_id
    url = f"{call.base_url}v1/videos/{video_id}/promote"
    return {"method": "POST", "url": url, "video_id": video_id}


def _sample_ratio(experiment: Experiment, report: Report) -> SampleRatioResource:
    exposures = [arm.watched.counts.exposures for arm in report.arms]
    weights = experiment.weights
    return {
        "expected": [sum(exposures) * weight / sum(weights) for weight in weights],
        "exposures": exposures,
        "p_value": report.sample_ratio_p,
        "is_wrong": report.verdict is Verdict.INVALID_SRM,
    }


def _difference(found: Difference, arms: tuple[ArmReport, ...]) -> DifferenceResource:
    first, second = arms[found.first].rate.value, arms[found.second].rate.value
    return {
        "first": found.first,
        "second": found.second,
        "value": (second or 0.0) - (first or 0.0),
        "low": found.interval.low,
        "high": found.interval.high,
        "p_value": found.p_value,
    }


def _days(report: Report) -> list[DayOfExperiment]:
    return [
        {
            "date": day.isoformat(),
            "arms": [
                {
                    "exposures": each.counts.exposures,
                    "plays": each.rate.of,
                    "rate": rate_resource(each.rate),
                }
                for each in arms
            ],
        }
        for day, arms in report.days.items()
    ]
