"""Does text that wants to be more than text stay text on the pages?

    python -m benchmarks.hostile_pages blns.txt

Each line of the file (big-list-of-naughty-strings has 742) becomes the subject, the preheader and
the body of a draft, ten to a request, and the comment on an item; a real Chromium opens the pages
of the request and of each item. What counts as obeyed: an element that a line made, a dialog, a
changed title, a refusal by the content security policy, or a request to another server.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Dialog
from pydantic import ValidationError
from tests.e2e.browser import WATCH, Visit, chromium, listening, sign_in
from tests.unit.api.office import OPERATOR, PASSWORD, Office, draft

from copydesk.access import Role
from copydesk.generation import Draft, DraftRequest
from copydesk.variants import Copy

MADE = "main :is(script, iframe, img, object, embed, video, audio, base, marquee, bgsound, math)"
TEN = 10


def lines_of(path: Path) -> list[str]:
    """Return the lines that are copy at all: what the models refuse never reaches a page."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [line for line in lines if line.strip() and not line.startswith("#") and _is_copy(line)]


def _is_copy(line: str) -> bool:
    try:
        Copy.model_validate({"subject": line, "preheader": line, "body": line})
    except ValidationError:
        return False
    return True


def opened(visit: Visit, office: Office, lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Open every page that shows the lines; yield each with what was obeyed on it."""
    for at in range(0, len(lines), TEN):
        batch = lines[at : at + TEN]
        waiting[:] = [
            draft({"subject": one[:200], "preheader": one[:250], "body": one}) for one in batch
        ]
        generation = office.generate(n=len(batch))
        paths = [f"/generations/{generation['id']}"]
        for one in generation["variants"]:
            if one["review_id"]:
                path = f"/reviews/{one['review_id']}"
                office.post("rex", f"/v1{path}/comments", json={"text": batch[0]})
                paths += [path, f"{path}/evidence"]
        for path in paths:
            visit.open(path)
            yield path, obeyed(visit)


def obeyed(visit: Visit) -> list[str]:
    """Return what of the text on this page was more than text."""
    made = visit.page.locator(MADE).evaluate_all("all => all.map(one => one.outerHTML)")
    away = [url for url in visit.asked_for if not url.startswith(visit.address)]
    found = [*made, *away, *visit.complaints, *visit.page.evaluate("window.refused")]
    visit.asked_for.clear()
    visit.complaints.clear()
    return found


def refuse(dialog: Dialog, visit: Visit) -> None:
    """Close a dialog that a page opened, and remember it."""
    visit.complaints.append(f"dialog: {dialog.message}")
    dialog.dismiss()


waiting: list[Draft] = []


def drafts(_: DraftRequest) -> list[Draft]:
    """Give the drafts that wait."""
    return list(waiting)


def main(path: Path) -> int:
    lines, pages, wrong = lines_of(path), 0, 0
    office = Office.opened(script=drafts)
    with chromium() as browser, listening(office) as address:
        office.let_in()
        office.desk.access.add_user("ines", [*Role], PASSWORD, OPERATOR)
        context = browser.new_context()
        context.add_init_script(WATCH)
        visit = sign_in(context, address, office, "ines")
        visit.page.on("dialog", lambda dialog: refuse(dialog, visit))
        for page, found in opened(visit, office, lines):
            pages += 1
            wrong += bool(found)
            if found:
                print(f"{page}: {found[:3]}")
        context.close()
    print(f"{len(lines)} lines on {pages} pages: {wrong} pages on which one was obeyed")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
