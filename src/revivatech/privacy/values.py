"""Values of an export in words: ours are in templates/values.html, here are those of others."""

from collections.abc import Mapping

from revivatech.accounts import service as accounts
from revivatech.db import Database
from revivatech.repairs import service as repairs

# By file, column and what is stored.
Values = Mapping[str, Mapping[str, Mapping[str, str]]]


async def values_in(db: Database, language: str) -> Values:
    """Return how the shop calls its repairs' stages, and what each kind of activity was, in that language."""
    words = await repairs.labels_in(db, language)
    steps = {
        "stage": {key: stage.label for key, stage in words.stages.items()},
        "status": {status.value: words.label_of(status) for status in set(words.statuses.values())},
    }
    return {
        "account/activity": {"activity_type": accounts.kinds_of_activity(language)},
        "repairs/repairs": steps,
        "repairs/history": steps,
    }
