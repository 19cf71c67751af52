"""What the cache saved, as documents of Firestore: `savings/<campaign_id>`.

They are counters, which many processes increment without a condition. Money is counted in
millionths of a dollar, because Firestore adds exactly only what is an integer.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from shared.adapters.google.firestore_documents import Document
from shared.domain.campaign import Campaign, Savings

_MILLIONTHS = 1_000_000


def savings_path(campaign_id: str) -> str:
    return f"savings/{campaign_id}"


def increments(amount: Decimal, hits: int) -> dict[str, int]:
    return {"usd_millionths": int(amount * _MILLIONTHS), "hits": hits}


def with_savings(campaign: Campaign, documents: Mapping[str, Document]) -> Campaign:
    """Return `campaign` with its savings, if their document is among `documents`, by path."""
    found = documents.get(savings_path(campaign.campaign_id))
    return replace(campaign, savings=_savings_of(found)) if found else campaign


def _savings_of(document: Document) -> Savings:
    millionths, hits = (document.fields.get(name) for name in ("usd_millionths", "hits"))
    if not isinstance(millionths, int) or not isinstance(hits, int):
        return Savings()
    return Savings(amount=Decimal(millionths) / _MILLIONTHS, hits=hits)
