"""Campaigns in Firestore by their latest change, and the savings of those in a list."""

from collections.abc import Iterable, Mapping, Sequence

from shared.adapters.google import campaign_queries as queries
from shared.adapters.google.campaign_documents import (
    campaign_of,
    savings_path,
    sorted_out,
    with_savings,
)
from shared.adapters.google.firestore_documents import Document, FirestoreDocuments
from shared.adapters.google.firestore_pages import filled_page
from shared.domain.campaign import Campaign
from shared.domain.unreadable import Unreadable
from shared.ports.campaign_repository import CampaignQuery


def find_campaigns(documents: FirestoreDocuments, query: CampaignQuery) -> tuple[Campaign, ...]:
    """Return a page of the campaigns that match."""
    first = None if query.after is None else queries.place_at(query.after)

    def read(last: Document | None, limit: int) -> Sequence[Document]:
        after = queries.place_of(last) if last else first
        return documents.query(
            queries.found_campaigns(documents.client, query, after=after, limit=limit)
        )

    def matching(page: Sequence[Document]) -> list[Campaign]:
        campaigns, _ = sorted_out(page, campaign_of)
        return [each for each in campaigns if query.wanted.matches(each)]

    campaigns = filled_page(read, matching, query.limit)
    savings = _savings_of(documents, campaigns)
    return tuple(with_savings(each, savings) for each in campaigns)


def with_all_savings(
    documents: FirestoreDocuments, found: Iterable[Campaign | Unreadable]
) -> tuple[Campaign | Unreadable, ...]:
    """Return the campaigns with their savings, which are read in one call."""
    campaigns = tuple(found)
    savings = _savings_of(documents, campaigns)
    return tuple(
        with_savings(each, savings) if isinstance(each, Campaign) else each for each in campaigns
    )


def _savings_of(
    documents: FirestoreDocuments, campaigns: Sequence[Campaign | Unreadable]
) -> Mapping[str, Document]:
    paths = [savings_path(each.campaign_id) for each in campaigns]
    return documents.get_all(paths) if paths else {}
