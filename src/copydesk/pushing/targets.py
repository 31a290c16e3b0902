"""Where copy is pushed to: a YAML file of the operator's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictInt, StringConstraints, ValidationError, model_validator

from copydesk import documents
from copydesk.briefs import Line, Noun, Slug
from copydesk.notifications.book import Place, Retries

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")]
Number = Annotated[StrictInt, Field(ge=1)]


class _Target(Place):
    """A tool's API."""

    default_dialect: ClassVar[str] = "neutral"
    brands: tuple[Line, ...] = ()
    """Brands whose copy may be put there, by `Brand.name`; none named: any brand's."""
    dialect: str | None = None
    """Whose merge tags to write; the tool's own when not set."""
    copies_per_minute: Annotated[StrictInt, Field(ge=1, le=6_000)] = 60
    """The most that one process pushes there: each copy takes one to four requests."""

    @property
    def speaks(self) -> str:
        """The dialect in force."""
        return self.dialect or self.default_dialect

    def is_for(self, brand: str) -> bool:
        """Return whether copy of this brand may be put there."""
        return not self.brands or brand in self.brands


class WebhookTarget(_Target):
    """Any program: signed by Standard Webhooks."""

    tool: Literal["webhook"]


class KlaviyoTarget(_Target):
    """Klaviyo: a template for each copy, properties of the profile for copy of one person."""

    default_dialect = "klaviyo"
    tool: Literal["klaviyo"]
    url: str = "https://a.klaviyo.com"


class HubSpotTarget(_Target):
    """HubSpot: a draft of a marketing e-mail, properties of the contact for copy of one person."""

    default_dialect = "hubspot"
    tool: Literal["hubspot"]
    url: str = "https://api.hubapi.com"
    template_path: Line | None = None
    """Template of the e-mail, as `@hubspot/email/dnd/welcome.html`; needed for copy of segments."""
    module: Id | None = None
    """Rich text module of that template that the body goes into."""
    id_property: Id | None = None
    """Unique property of contacts that holds the recipient's id; needed for copy of one person."""


class MailchimpTarget(_Target):
    """Mailchimp: a campaign in draft for each copy."""

    default_dialect = "mailchimp"
    tool: Literal["mailchimp"]
    list_id: Id | None = None
    """The audience in Mailchimp that drafts are made for; chosen there when not set."""
    from_name: Line | None = None
    reply_to: Line | None = None


class SfmcTarget(_Target):
    """Salesforce Marketing Cloud: a row of a data extension for each copy."""

    default_dialect = "sfmc"
    tool: Literal["sfmc"]
    auth_url: Annotated[str, StringConstraints(max_length=2_000)]
    """Address that gives out tokens, as `https://SUBDOMAIN.auth.marketingcloudapis.com`."""
    client_id: Line
    account_id: Line | None = None
    """MID of the business unit, where it is not the one of the package."""
    data_extension: Id
    """External key of the data extension."""

    @property
    def door(self) -> Place:
        """Where tokens come from. Raises ValidationError for an address that cannot be used."""
        same = self.model_dump(include={*Place.model_fields} - {"url"})
        return Place(url=self.auth_url, **same)

    @model_validator(mode="after")
    def _auth_url_can_be_used(self) -> Self:
        try:
            _ = self.door
        except ValidationError as error:
            raise ValueError(f"`auth_url`: {error.errors()[0]['msg']}") from error
        return self


class MauticTarget(_Target):
    """Mautic: an e-mail, not published, for each copy."""

    default_dialect = "mautic"
    tool: Literal["mautic"]
    user: Line
    """Whose password the secret is."""
    email_type: Literal["template", "list"] = "template"
    segments: tuple[Number, ...] = ()
    """For `list`: ids of the segments that it is sent to."""


class ListmonkTarget(_Target):
    """listmonk: a campaign in draft for each copy."""

    default_dialect = "listmonk"
    tool: Literal["listmonk"]
    user: Line
    """API user whose token the secret is."""
    lists: Annotated[tuple[Number, ...], Field(min_length=1)]
    """Ids of the lists that the campaign is for."""
    template_id: Number | None = None
    from_email: Line | None = None


Target = Annotated[
    WebhookTarget
    | KlaviyoTarget
    | HubSpotTarget
    | MailchimpTarget
    | SfmcTarget
    | MauticTarget
    | ListmonkTarget,
    Field(discriminator="tool"),
]


class Targets(Noun):
    """All places to push to, and how long a push that does not get through is tried."""

    targets: dict[Slug, Target] = {}
    retries: Retries = Retries()

    @classmethod
    def load(cls, path: Path | None) -> Targets:
        """Read the file; no targets without a path. Raises InputError with file and line."""
        return documents.load(path, cls) if path is not None else cls()

    def of(self, brand: str) -> dict[str, Target]:
        """Return by name where copy of this brand may be put."""
        return {name: one for name, one in self.targets.items() if one.is_for(brand)}
