"""What the page for asking holds: fields or files, a brand, and the request that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel

from copydesk import documents
from copydesk.api.pages.brief_form import Typed, compact, document_of, fields_of, place_of
from copydesk.api.pages.visits import SentForm
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Fact, Offer, Product
from copydesk.errors import InputError, Problem
from copydesk.generations import GenerationRequest

M = TypeVar("M", bound=BaseModel)
DOCUMENTS: dict[str, type[BaseModel]] = {"brief": Brief, "audience": Audience, "brand": Brand}
PREFIXES = ("brief.", "audience.", "dialects.")
FILES = ("brief", "audience")
PLAIN = ("n", "campaign", "seed")
N_DEFAULT = "5"
EMPTY = {"n": N_DEFAULT, "brief.send_at.zone": "UTC", "audience.consent": "withheld"}
MODELS: Mapping[str, type[BaseModel]] = {
    "brief": Brief,
    "brief.product": Product,
    "brief.offer": Offer,
    "brief.facts": Fact,
    "audience": Audience,
    "": GenerationRequest,
}


class Label(NamedTuple):
    """What a field is called, and what it is for."""

    label: str
    help: str = ""


class Asked(NamedTuple):
    """What the page holds."""

    fields: Mapping[str, str] = EMPTY
    texts: Mapping[str, str] = {}
    """Documents as text: brief and audience on the tab for files, the brand on both."""
    brand_name: str = ""
    """A brand that is known."""
    as_file: bool = False

    @classmethod
    async def of(cls, form: SentForm) -> Asked:
        """Return what was typed, chosen and uploaded."""
        sent = {name: form.text(name) for name in form.data if name.startswith(PREFIXES)}
        sent |= {name: form.text(name) for name in PLAIN}
        texts = {name: await form.text_or_file(name) for name in DOCUMENTS}
        return cls(sent, texts, form.text("brand_name"), form.text("mode") == "file")

    @classmethod
    def like(cls, request: GenerationRequest, known: Iterable[Brand] = ()) -> Asked:
        """Return the page that holds a request; its brand by name where it is known as it is."""
        plain = request.model_dump(mode="json", exclude={"brand"}, exclude_none=True)
        fields = {**EMPTY, **fields_of(plain)}
        if request.brand in known:
            return cls(fields, brand_name=request.brand.name)
        return cls(fields, {"brand": as_yaml(request.brand)})

    def request(self, known: Sequence[Brand]) -> GenerationRequest:
        """Return the request that this makes. Raises InputError with all that is wrong."""
        read = self._from_files() if self.as_file else document_of(self.fields)
        problems, brandless = list(read.problems), list[Problem]()
        data = read.document
        if not self.as_file:
            # Nothing typed is a brief with nothing in it: then each field says that it is wanted.
            data.setdefault("brief", {}).setdefault("product", {})
        try:
            data["brand"] = self._brand(known)
        except InputError as error:
            brandless = list(error.problems)
        try:
            request = documents.shaped(data, GenerationRequest)
        except InputError as error:
            told = {told for one in (*problems, *brandless) for told in (one.field, one.source)}
            problems += [one for one in error.problems if not _is_told(one, told)]
        problems += brandless
        if problems:
            raise InputError(problems)
        return request

    def as_files(self) -> Asked:
        """Return the same on the tab for files: what is typed there as YAML, right or not."""
        document = document_of(self.fields).document
        texts: dict[str, str] = {
            name: _dumped(document[name]) for name in ("brief", "audience") if name in document
        }
        return self._replace(texts={**self.texts, **texts}, as_file=True)

    def as_fields(self) -> Asked:
        """Return the same on the tab with fields. Raises InputError for what cannot be read."""
        read = {
            n: _parsed(n, text, DOCUMENTS[n])
            for n in FILES
            if (text := self.texts.get(n, "")).strip()
        }
        plain = {n: noun.model_dump(mode="json", exclude_none=True) for n, noun in read.items()}
        kept = _about_the_request(self.fields)
        return self._replace(fields={**EMPTY, **kept, **fields_of(plain)}, as_file=False)

    def compacted(self) -> Asked:
        """Return the same without empty rows: rows are then numbered as in what they make."""
        return self._replace(fields=compact(self.fields))

    def _from_files(self) -> Typed:
        document: dict[str, Any] = document_of(_about_the_request(self.fields)).document
        problems: list[Problem] = []
        for name in FILES:
            try:
                document[name] = _parsed(name, self.texts.get(name, ""), DOCUMENTS[name])
            except InputError as error:
                problems += error.problems
        return Typed(document, tuple(problems))

    def _brand(self, known: Sequence[Brand]) -> BaseModel:
        if self.texts.get("brand", "").strip():
            return _parsed("brand", self.texts["brand"], Brand)
        found = next((one for one in known if one.name == self.brand_name), None)
        if found is None:
            remedy = "choose one that is known, or upload or write one"
            raise InputError([Problem("brand", repr(self.brand_name or ""), remedy)])
        return found


def _about_the_request(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that stand on both tabs: neither the brief's nor the audience's."""
    return {n: v for n, v in fields.items() if n in PLAIN or n.startswith("dialects.")}


def as_yaml(noun: BaseModel) -> str:
    """Return a noun as a person would write it: without what is left out."""
    return _dumped(noun.model_dump(mode="json", exclude_defaults=True))


def labels() -> Mapping[str, Label]:
    """Return what each field is called, and in a few words what it is for."""
    return _labels


def placed(problems: Iterable[Problem], shown: Iterable[str]) -> dict[str, list[Problem]]:
    """Return problems by the field or group of the page that shows them; under `` the others."""
    known = tuple(shown)
    found: dict[str, list[Problem]] = {}
    for one in problems:
        field = "brief.facts" if one.field == "brief" else one.field
        found.setdefault(place_of(field, known) or one.source or "", []).append(one)
    return found


def _is_told(one: Problem, told: set[str | None]) -> bool:
    """Return whether a problem only follows from one that is told already."""
    return one.field in told or one.field.split(".")[0] in told


def _parsed(name: str, text: str, shape: type[M]) -> M:
    if not text.strip():
        raise InputError([Problem("", "", f"write or upload the {name}", name)])
    return documents.parse(text, shape, source=name)


def _dumped(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=88)


def _read(name: str) -> Any:  # noqa: ANN401 - what the file says
    return yaml.safe_load(files("copydesk.api.pages").joinpath(name).read_text(encoding="utf-8"))


def _said(path: str) -> str:
    """Return what the docstring of a field of the models says of it."""
    model, _, name = path.rpartition(".")
    field = MODELS[model].model_fields.get(name) if model in MODELS else None
    return (field.description or "").rstrip(".") if field else ""


_labels = {
    path: Label(told["label"], told.get("help", _said(path)))
    for path, told in _read("ask_form.yaml").items()
}
OFFERS: Mapping[str, Mapping[str, Any]] = _read("offer_fields.yaml")
ZONES: Sequence[str] = _read("time_zones.yaml")
