"""The endpoints of analytics and experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import analytics, experiments, queries
    from shared.http import analytics_types as of_analytics
    from shared.http import embed_types as of_embeds
    from shared.http import experiment_types as of_experiments
    from shared.http import resource_types as answered
else:
    analytics = ModuleOnUse("shared.http.analytics")
    experiments = ModuleOnUse("shared.http.experiments")
    queries = ModuleOnUse("shared.http.queries")
    of_analytics = ModuleOnUse("shared.http.analytics_types")
    of_experiments = ModuleOnUse("shared.http.experiment_types")
    of_embeds = ModuleOnUse("shared.http.embed_types")
    answered = ModuleOnUse("shared.http.resource_types")


def _experiment() -> Mapping[int, Any]:
    return {200: of_experiments.ExperimentResource}


# fmt: off
EXPERIMENT_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("GET", "/v1/videos/{video_id}/analytics", lambda: analytics.of_video,
             "How a version was watched, by day and by arm of an experiment, as JSON or CSV",
             answers=lambda: {200: of_analytics.VideoAnalytics},
             query=lambda: of_analytics.AnalyticsQuery, has_csv=True),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/analytics", lambda: analytics.of_campaign,
             "How each version of a campaign was watched, by day and by arm, as JSON or CSV",
             answers=lambda: {200: of_analytics.CampaignAnalytics},
             query=lambda: of_analytics.AnalyticsQuery, has_csv=True),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/experiments", lambda: experiments.create,
             "Start an experiment: viewers are assigned to completed videos of the campaign",
             answers=lambda: {201: of_experiments.ExperimentResource},
             body=lambda: of_experiments.ExperimentBody),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/experiments", lambda: experiments.list_all,
             "List the experiments of a campaign, the newest first",
             answers=lambda: {200: answered.ListResource[of_experiments.ExperimentResource]},
             query=lambda: queries.PageQuery),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/experiments/{experiment_id}",
             lambda: experiments.read,
             "Report an experiment: its verdict, the rates of its arms and their differences",
             answers=lambda: {200: of_experiments.ExperimentReport}),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/experiments/{experiment_id}/assign",
             lambda: experiments.assign,
             "Assign an arm to one page load: its clip, and the token that counts the play",
             answers=lambda: {200: of_embeds.EmbedResource}),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/experiments/{experiment_id}/stop",
             lambda: experiments.stop, "Stop an experiment: all viewers see one arm from now on",
             answers=_experiment, body=lambda: of_experiments.StopBody),
    Endpoint("POST", "/v1/experiments/plan", lambda: experiments.plan,
             "How many plays each of two arms needs, to find a lift with a given probability",
             answers=lambda: {200: of_experiments.PlanResource},
             body=lambda: of_experiments.PlanBody),
)
# fmt: on
