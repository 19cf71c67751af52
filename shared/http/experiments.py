"""Handlers of experiments."""

from functools import partial
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
from shared.domain.identity import campaign_of_experiment, require_campaign_id
from shared.domain.proportions import planned_trials
from shared.domain.titles import title_of
from shared.domain.verdicts import PLANNED_LEVEL
from shared.http.calls import Call, json_response, page_response
from shared.http.embeds import embed_resource
from shared.http.experiment_resources import experiment_resource, report_resource
from shared.http.experiment_types import (
    ExperimentBody,
    PlanBody,
    PlanResource,
    StopBody,
)
from shared.http.queries import PageQuery, read_query, require_one_of
from shared.http.request_bodies import read_body
from shared.use_cases import run_experiments
from shared.use_cases.assign_arm import assign_arm, stop_experiment


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
        experiment_resource(call, experiment),
        status=HTTPStatus.CREATED,
        headers={"Location": location},
    )


def list_all(call: Call, campaign_id: str) -> Response:
    query = read_query(call.request, PageQuery)
    if query.after is not None:
        _require_experiment(campaign_id, query.after)
    # A campaign that does not exist has no experiments, and is an error all the same.
    call.ports.campaigns.get_campaign(require_campaign_id(campaign_id))
    found = call.ports.experiments.list(campaign_id, after=query.after, limit=query.limit + 1)
    return page_response(
        found,
        limit=query.limit,
        resource=partial(experiment_resource, call),
        id_of=lambda experiment: experiment.id,
    )


def read(call: Call, campaign_id: str, experiment_id: str) -> Response:
    _require_experiment(campaign_id, experiment_id)
    found = run_experiments.report_experiment(call.ports, experiment_id)
    return json_response(report_resource(call, *found))


def assign(call: Call, campaign_id: str, experiment_id: str) -> Response:
    """Answer as an embed does, for a page whose own server chooses what it shows."""
    _require_experiment(campaign_id, experiment_id)
    if not call.ports.play_key:
        raise WrongStateError("Plays are not counted here, so no viewer is assigned: set PLAY_KEY.")
    return json_response(embed_resource(call, assign_arm(call.ports, experiment_id)))


def stop(call: Call, campaign_id: str, experiment_id: str) -> Response:
    body = read_body(call.request, StopBody)
    _require_experiment(campaign_id, experiment_id)
    stopped = stop_experiment(call.ports, experiment_id, shown_arm=body.shown_arm)
    return json_response(experiment_resource(call, stopped))


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
