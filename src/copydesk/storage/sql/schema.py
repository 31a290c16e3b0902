"""Every table. Beside the columns that are searched or kept unique, each row holds its noun.

There are no foreign keys: each noun is read and judged as a whole, and what it refers to may be
gone (a session's user) or elsewhere (an outcome's variant). `migrations/` creates these tables;
a test holds the two equal.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from copydesk.storage.sql.columns import Document, Moment, Name
from copydesk.storage.sql.columns import metadata as tables
from copydesk.storage.sql.inbox_tables import (  # noqa: F401 - of the same metadata
    received,
    received_unread,
    received_waiting,
    webhook_secrets,
)
from copydesk.storage.sql.measured_tables import (  # noqa: F401 - of the same metadata
    measured_acts,
    measured_generations,
    measured_items,
    measured_pulls,
    measured_rules,
)
from copydesk.storage.sql.round_tables import rounds  # noqa: F401 - of the same metadata
from copydesk.storage.sql.trigger_tables import (  # noqa: F401 - of the same metadata
    habits,
    heard_events,
    standings,
)

metadata = tables

generations = Table(
    "generations",
    metadata,
    Column("id", Name, primary_key=True),
    Column("requester", Name, nullable=False),
    Column("idempotency_key", Name),
    Column("campaign", Name, nullable=False),
    Column("brand", Name, nullable=False, server_default=text("''")),
    Column("state", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Column("progress", Document),
    UniqueConstraint("requester", "idempotency_key", name="uq_generations_idempotency_key"),
    Index("ix_generations_created_at", "created_at", "id"),
    Index("ix_generations_brand", "brand", "created_at", "id"),
    Index("ix_generations_requester", "requester", "created_at", "id"),
    Index("ix_generations_state", "state", "created_at", "id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Name, nullable=False),
    Column("campaign", Name, nullable=False),
    Column("brand", Name, nullable=False, server_default=text("''")),
    Column("generation_id", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_reviews_created_at", "created_at", "id"),
    Index("ix_reviews_state", "state", "created_at", "id"),
    Index("ix_reviews_brand", "brand", "created_at", "id"),
    Index("ix_reviews_campaign", "campaign", "created_at", "id"),
    Index("ix_reviews_generation", "generation_id", "created_at", "id"),
)

QUEUE_FACETS = ("campaign", "brand", "audience", "locale", "kind", "severity", "requester")
QUEUE_COUNTED = ("is_open", "state", "due_at", "holder", "lease_until", *QUEUE_FACETS, "id")

# What items are sorted, found and counted by, in rows so narrow that all of them can be walked:
# a document takes kilobytes.
queue = Table(
    "queue",
    metadata,
    Column("id", Name, primary_key=True),
    Column("state", Name, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("place", Double, nullable=False),
    Column("asked", Double, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("campaign", Name, nullable=False),
    Column("brand", Name, nullable=False),
    Column("audience", Name, nullable=False),
    Column("locale", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("severity", Name, nullable=False),
    Column("requester", Name, nullable=False),
    Column("holder", Name),
    Column("lease_until", Moment),
    Column("mark", Name, nullable=False),
    Index("ix_queue_open", "is_open", "place", "id"),
    Index("ix_queue_place", "place", "id"),
    Index("ix_queue_asked", "is_open", "asked", "id"),
    Index("ix_queue_state", "state", "place", "id"),
    Index("ix_queue_due", "is_open", "due_at"),
    Index("ix_queue_holder", "holder", "lease_until"),
    *(Index(f"ix_queue_{name}", name, "is_open", "place", "id") for name in QUEUE_FACETS),
    # All that is counted, open items together: to count them, this is walked and nothing else.
    Index("ix_queue_counts", *QUEUE_COUNTED),
)

queue_tags = Table(
    "queue_tags",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("value", Name, primary_key=True),
    Column("is_open", Boolean, nullable=False),
    Index("ix_queue_tags_value", "name", "value", "is_open", "id"),
    Index("ix_queue_tags_open", "name", "is_open", "value"),
)

queue_texts = Table(
    "queue_texts",
    metadata,
    Column("id", Name, primary_key=True),
    Column("searched", Text, nullable=False),
    # Only where the extension pg_trgm is installed: see migration 0013.
    Index(
        "ix_queue_texts_trigrams",
        "searched",
        postgresql_using="gin",
        postgresql_ops={"searched": "gin_trgm_ops"},
    ).ddl_if(dialect="postgresql"),
)

review_views = Table(
    "review_views",
    metadata,
    Column("owner", Name, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("document", Document, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("subject", Name, nullable=False),
    Column("act", Name, nullable=False),
    Column("actor", Name, nullable=False),
    Column("at", Moment, nullable=False),
    # Hashed byte for byte, so it is kept as text: JSONB would write it anew.
    Column("document", Text, nullable=False),
    Column("sha256", Name, nullable=False),
    # Unique, so that no two events can follow the same one.
    Column("previous", Name, nullable=False),
    UniqueConstraint("sha256", name="uq_audit_sha256"),
    UniqueConstraint("previous", name="uq_audit_previous"),
    Index("ix_audit_subject", "subject", "number"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner", Name, nullable=False),
    Column("brand", Name, nullable=False, server_default=text("''")),
    Column("updated_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_campaigns_brand", "brand", "updated_at", "id"),
    Index("ix_campaigns_updated_at", "updated_at", "id"),
)

library = Table(
    "library",
    metadata,
    Column("campaign", Name, primary_key=True),
    Column("audience_id", Name, primary_key=True),
    Column("id", Name, primary_key=True),
    Column("withdrawn_because", Text),
    Column("pulled_at", Moment),
    Column("approved_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
)

# By what approved copy is found, newest first: so narrow that all of it can be walked. SQLite keeps
# the rows themselves in this order, so a search for words ends where it has found enough.
library_index = Table(
    "library_index",
    metadata,
    Column("approved_at", Moment, primary_key=True),
    Column("id", Name, primary_key=True),
    Column("audience_id", Name, primary_key=True),
    Column("campaign", Name, primary_key=True),
    Column("brand", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("locale", Name, nullable=False),
    Column("recalled", Boolean, nullable=False),
    Column("searched", Text, nullable=False),
    Index("ix_library_index_key", "id", "audience_id", "campaign"),
    Index("ix_library_index_recalled", "recalled", "approved_at", "id", "audience_id", "campaign"),
    *(
        Index(f"ix_library_index_{name}", name, "approved_at", "id", "recalled")
        for name in ("campaign", "brand", "kind", "locale", "audience_id")
    ),
    sqlite_with_rowid=False,
)

brands = Table(
    "brands",
    metadata,
    Column("name", Name, primary_key=True),
    Column("document", Document, nullable=False),
)

pulls = Table(
    "pulls",
    metadata,
    Column("campaign", Name, primary_key=True),
    Column("variant_id", Name, primary_key=True),
    Column("pulls", BigInteger, nullable=False),
)

objections = Table(
    "objections",
    metadata,
    Column("recipient_key", Name, primary_key=True),
    # Counted up by one transaction at a time, so that who reads on misses none.
    Column("number", Integer, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_objections_number", "number", unique=True),
)

comments = Table(
    "review_comments",
    metadata,
    Column("id", Name, primary_key=True),
    Column("item_id", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_review_comments_item", "item_id", "at", "id"),
)

review_links = Table(
    "review_links",
    metadata,
    Column("id", Name, primary_key=True),
    Column("item_id", Name, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_review_links_item", "item_id", "made_at", "id"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("source", Name, primary_key=True),
    Column("event_id", Name, primary_key=True),
    Column("campaign", Name, nullable=False),
    Column("variant_id", Name),
    Column("kind", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("human", Name, nullable=False, server_default=text("'unknown'")),
    # What holds the events of one message to one recipient together: they are judged as one.
    Column("thread", Name),
    Column("recipient_key", Name),
    Column("document", Document, nullable=False),
    Index("ix_outcomes_campaign", "campaign", "variant_id", "kind", "human"),
    Index("ix_outcomes_at", "campaign", "at", "source", "event_id"),
    Index("ix_outcomes_thread", "thread", "source"),
    Index("ix_outcomes_recipient", "recipient_key", "at"),
)

experiments = Table(
    "experiments",
    metadata,
    Column("id", Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("campaign", Name, nullable=False),
    Column("brand", Name, nullable=False),
    # The audience that it divides, while it is in force: one experiment at a time.
    Column("divides", Name),
    Column("updated_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    UniqueConstraint("campaign", "divides", name="uq_experiments_divides"),
    Index("ix_experiments_brand", "brand", "updated_at", "id"),
    Index("ix_experiments_updated_at", "updated_at", "id"),
)

rankers = Table(
    "rankers",
    metadata,
    Column("brand", Name, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("document", Document, nullable=False),
)

# Apart from the versions: they are read to make a version again, and for nothing else.
ranker_sends = Table(
    "ranker_sends",
    metadata,
    Column("brand", Name, primary_key=True),
    Column("version", Name, primary_key=True),
    Column("document", Document, nullable=False),
)

trust = Table(
    "trust",
    metadata,
    Column("id", Name, primary_key=True),
    Column("brand", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("audience", Name, nullable=False),
    Column("campaign", Name, nullable=False),
    Column("variant_id", Name, nullable=False),
    Column("released", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_trust_segment", "brand", "kind", "audience", "released", "created_at", "id"),
)

users = Table(
    "users",
    metadata,
    Column("name", Name, primary_key=True),
    Column("document", Document, nullable=False),
)

keys = Table(
    "api_keys",
    metadata,
    Column("id", Name, primary_key=True),
    Column("key_hash", Name, nullable=False),
    Column("owner", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("document", Document, nullable=False),
    UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
    Index("ix_api_keys_owner", "owner", "created_at", "id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", Name, primary_key=True),
    Column("owner", Name, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # Of the noun, too; here it changes without the document being written anew.
    Column("last_seen", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_sessions_expires_at", "expires_at"),
    Index("ix_sessions_last_seen", "last_seen"),
    Index("ix_sessions_owner", "owner", "last_seen"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key", Name, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Index("ix_sign_in_tries_since", "since"),
)

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key", Name, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_kept_answers_at", "at"),
)

spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),
    Column("model", Name, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    # Of the currency in the operator's price table.
    Column("millionths", BigInteger, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Name, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("routed", Boolean, nullable=False),
    Column("item", Name),
    Column("event", Name, nullable=False),
    Column("late_hours", Integer),
    Column("document", Document, nullable=False),
    Index("ix_notices_routed", "routed", "at", "id"),
    Index("ix_notices_late", "item", "late_hours"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Name, nullable=False),
    Column("channel", Name, nullable=False),
    Column("person", Name),
    Column("made_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_deliveries_state", "state", "next_at", "id"),
    Index("ix_deliveries_made_at", "made_at", "id"),
    Index("ix_deliveries_person", "channel", "person", "next_at", "id"),
)

pushes = Table(
    "pushes",
    metadata,
    Column("id", Name, primary_key=True),
    Column("campaign", Name, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_pushes_campaign", "campaign", "asked_at", "id"),
)

pushed = Table(
    "pushed",
    metadata,
    Column("id", Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("campaign", Name, nullable=False),
    Column("target", Name, nullable=False),
    Column("audience", Name, nullable=False),
    Column("variant", Name, nullable=False),
    Column("task", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_pushed_state", "state", "next_at", "id"),
    Index("ix_pushed_campaign", "campaign", "target", "audience", "variant"),
    # Walked to find campaigns of which something stands in a tool.
    Index("ix_pushed_task", "task", "state", "campaign"),
)
