"""Handlers of experiments."""

from http import HTTPStatus

from werkzeug.wrappers import Response

from shared.domain.errors import InvalidRequestError, NotFoundError, WrongStateError
from shared.domain.experiment import (
    MOST_PLANNED,
    Allocation,
    Experiment,
    ExperimentArm,
    Metric,
)
from shared.domain.experiment_report import ArmReport
from shared.domain.experiment_report import ExperimentReport as Report
from shared.domain.identity import campaign_of_experiment, require_campaign_id
from shared.domain.proportions import planned_trials
from shared.domain.signed_tokens import sign_embed
from shared.domain.titles import title_of
from shared.domain.verdicts import PLANNED_LEVEL, Difference, Verdict
from shared.http.analytics import rate_resource, watched_resource
from shared.http.calls import Call, json_response, list_response
from shared.http.embeds import embed_resource
from shared.http.experiment_types import (
    ArmResource,
    DayOfExperiment,
    DifferenceResource,
    ExperimentBody,
    ExperimentFacts,
    ExperimentReport,
    ExperimentResource,
    PlanBody,
    PlanResource,
    PromoteLink,
    ReportedArm,
    SampleRatioResource,
)
from shared.http.request_types import EmptyBody, PageQuery, read_body, read_query, require_one_of
from shared.http.resources import content_url_of, epoch, moment, thumbnail_url_of
from shared.use_cases import run_experiments
from shared.use_cases.assign_arm import assign_arm
from shared.use_cases.stop_experiment import stop_experiment


def create(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    body = read_body(call.request, ExperimentBody)
    draft = Experiment(
        id="",
        campaign_id=campaign_id,
        created_at=call.now,
        name=_text(body.name, "name"),
        arms=tuple(
            ExperimentArm(video_id=arm.video_id, label=_text(arm.label, "arms"), weight=arm.weight)
            for arm in body.arms
        ),
        metric=require_one_of(Metric, body.metric, "metric") or Metric.COMPLETION,
        planned_n=body.planned_n,
        allocation=require_one_of(Allocation, body.allocation, "allocation") or Allocation.FIXED,
        requested_by=call.requester,
    )
    experiment = run_experiments.create_experiment(call.ports, draft)
    location = f"{call.base_url}v1/campaigns/{campaign_id}/experiments/{experiment.id}"
    return json_response(
        _resource(call, experiment), status=HTTPStatus.CREATED, headers={"Location": location}
    )


def list_all(call: Call, campaign_id: str) -> Response:
    query = read_query(call.request, PageQuery)
    if query.after is not None:
        _require_experiment(campaign_id, query.after)
    # A campaign that does not exist has no experiments, and is an error all the same.
    call.ports.campaigns.get_campaign(require_campaign_id(campaign_id))
    found = call.ports.experiments.list(campaign_id, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    return list_response(
        [_resource(call, each) for each in page],
        ids=[each.id for each in page],
        has_more=len(found) > query.limit,
    )


def read(call: Call, campaign_id: str, experiment_id: str) -> Response:
    _require_experiment(campaign_id, experiment_id)
    found = run_experiments.report_experiment(call.ports, experiment_id)
    return json_response(_report(call, *found))


def assign(call: Call, campaign_id: str, experiment_id: str) -> Response:
    """Answer as an embed does, for a page whose own server chooses what it shows."""
    read_body(call.request, EmptyBody)
    _require_experiment(campaign_id, experiment_id)
    if not call.ports.play_key:
        raise WrongStateError("Plays are not counted here, so no viewer is assigned: set PLAY_KEY.")
    return json_response(embed_resource(call, assign_arm(call.ports, experiment_id)))


def stop(call: Call, campaign_id: str, experiment_id: str) -> Response:
    read_body(call.request, EmptyBody)
    _require_experiment(campaign_id, experiment_id)
    return json_response(_resource(call, stop_experiment(call.ports, experiment_id)))


def plan(call: Call) -> Response:
    body = read_body(call.request, PlanBody)
    n = planned_trials(body.baseline, body.lift, body.power, level=PLANNED_LEVEL)
    if n > MOST_PLANNED:
        raise InvalidRequestError(
            f"To find a lift of {body.lift:g}, each arm would need {n:,} plays. An experiment has "
            f"at most {MOST_PLANNED:,}.",
            param="lift",
        )
    resource: PlanResource = {
        "object": "experiment.plan",
        "baseline": body.baseline,
        "lift": body.lift,
        "power": body.power,
        "n": n,
    }
    return json_response(resource)


def _require_experiment(campaign_id: str, experiment_id: str) -> None:
    """Raise NotFoundError unless it can be the id of an experiment of the campaign."""
    if campaign_of_experiment(experiment_id) != campaign_id:
        raise NotFoundError("There is no experiment with this id in this campaign.")


def _text(text: str | None, param: str) -> str | None:
    """Raise InvalidRequestError, as for a title."""
    try:
        return title_of(text)
    except InvalidRequestError as error:
        error.param = param
        raise


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
        "metric": experiment.metric,
        "planned_n": experiment.planned_n,
        "allocation": experiment.allocation,
        "requested_by": experiment.requested_by,
        "embed_url": f"{call.base_url}v1/embeds/{token}" if token else None,
    }


def _resource(call: Call, experiment: Experiment) -> ExperimentResource:
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


def _report(call: Call, experiment: Experiment, report: Report) -> ExperimentReport:
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
