"""The endpoints of viewers and reviewers: players, analytics, experiments and reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import (
        analytics,
        embeds,
        experiments,
        plays,
        queries,
        reviewing,
        reviews,
        studio_pages,
    )
    from shared.http import analytics_types as of_analytics
    from shared.http import experiment_types as of_experiments
    from shared.http import resource_types as answered
    from shared.http import review_types as of_reviews
    from shared.requests.parsing import Body
else:
    analytics = ModuleOnUse("shared.http.analytics")
    embeds = ModuleOnUse("shared.http.embeds")
    experiments = ModuleOnUse("shared.http.experiments")
    plays = ModuleOnUse("shared.http.plays")
    queries = ModuleOnUse("shared.http.queries")
    reviewing = ModuleOnUse("shared.http.reviewing")
    reviews = ModuleOnUse("shared.http.reviews")
    studio_pages = ModuleOnUse("shared.http.studio_pages")
    answered = ModuleOnUse("shared.http.resource_types")
    of_analytics = ModuleOnUse("shared.http.analytics_types")
    of_experiments = ModuleOnUse("shared.http.experiment_types")
    of_reviews = ModuleOnUse("shared.http.review_types")


def _page() -> Mapping[int, Any]:
    return {200: str, 304: None}


def _experiment() -> Mapping[int, Any]:
    return {200: of_experiments.ExperimentResource}


def _review() -> Mapping[int, Any]:
    return {200: of_reviews.ReviewResource}


def _any() -> type[Body]:
    return queries.AnyQuery


# fmt: off
AUDIENCE_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("GET", "/embed.js", lambda: embeds.script,
             "The player for pages of any site: the element `<showreel-video>`",
             answers=_page, query=_any, is_open=True, for_any_page=True),
    Endpoint("POST", "/v1/embeds/{embed_token}", lambda: embeds.load,
             "What a player shows at this load of its page, and the token that counts the play",
             answers=lambda: {200: embeds.EmbedResource}, query=lambda: embeds.EmbedQuery,
             is_open=True, for_any_page=True),
    Endpoint("POST", "/v1/plays", lambda: plays.record,
             "Count what a page played of a video: always 204, also if it is not counted",
             answers=lambda: {204: None}, body=lambda: plays.BeaconBody, query=_any,
             is_open=True, for_any_page=True),
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
             answers=lambda: {200: embeds.EmbedResource}),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/experiments/{experiment_id}/stop",
             lambda: experiments.stop, "Stop an experiment: all viewers see one arm from now on",
             answers=_experiment, body=lambda: of_experiments.StopBody),
    Endpoint("POST", "/v1/experiments/plan", lambda: experiments.plan,
             "How many plays each of two arms needs, to find a lift with a given probability",
             answers=lambda: {200: of_experiments.PlanResource},
             body=lambda: of_experiments.PlanBody),
    Endpoint("GET", "/review", lambda: studio_pages.review_page,
             "The page of reviewers: watch, comment and decide in a browser",
             answers=_page, query=_any, is_open=True),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/reviews", lambda: reviews.create,
             "Create a link by which people without access see a campaign's videos and answer",
             answers=lambda: {201: of_reviews.ReviewResource}, body=lambda: of_reviews.ReviewBody),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/reviews", lambda: reviews.list_all,
             "List the reviews of a campaign, the newest first, with comments and decisions",
             answers=lambda: {200: answered.ListResource[of_reviews.ReviewResource]}),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/reviews/{review_id}", lambda: reviews.read,
             "Read a review, with its comments and decisions", answers=_review),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/reviews/{review_id}/close",
             lambda: reviews.close, "Close a review: its link shows nothing any more",
             answers=_review),
    Endpoint("DELETE", "/v1/campaigns/{campaign_id}/reviews/{review_id}", lambda: reviews.delete,
             "Delete a review with its comments and decisions; its link shows nothing any more",
             answers=lambda: {200: of_reviews.DeletedReview}),
    Endpoint("GET", "/v1/reviews/{review_token}", lambda: reviewing.read,
             "What a reviewer sees: the videos, their comments and the decisions",
             answers=lambda: {200: of_reviews.ReviewPage}, is_open=True),
    Endpoint("POST", "/v1/reviews/{review_token}/comments", lambda: reviewing.comment,
             "Comment on a version, or on a moment in it: 201, and 200 for the same comment again",
             answers=lambda: dict.fromkeys((201, 200), of_reviews.CommentResource),
             body=lambda: of_reviews.CommentBody, is_open=True),
    Endpoint("PUT", "/v1/reviews/{review_token}/decisions/{video_id}", lambda: reviewing.decision,
             "Approve a version, or ask for changes",
             answers=lambda: {200: of_reviews.DecisionResource},
             body=lambda: of_reviews.DecisionBody, is_open=True),
)
# fmt: on
