"""The group of all commands, and how errors reach a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from copydesk import __version__
from copydesk.cli.lazy import Lazy, LazyGroup
from copydesk.errors import CopydeskError, InputError

BAD_INPUT = 2
FAILED = 1

COMMANDS = {
    "demo": Lazy("copydesk.cli.demo:demo", "Run the main job on an example, start to finish."),
    "example": Lazy("copydesk.cli.sample:sample", "Print an example, or write it as files."),
    "generate": Lazy("copydesk.cli.generate:generate", "Write variants for a brief."),
    "check": Lazy("copydesk.cli.check:check", "Check copy, line by line of a file."),
    "eval": Lazy("copydesk.cli.evaluate:evaluate", "Compare models and prompts on your briefs."),
    "rank": Lazy("copydesk.cli.rank:rank", "Order candidates, best first."),
    "ranker": Lazy(
        "copydesk.cli.ranker:ranker", "Learn from your own sends, and train the ranker."
    ),
    "brand": Lazy("copydesk.cli.brand:brand", "Read a style guide, and score copy by it."),
    "reviews": Lazy("copydesk.cli.reviews:reviews", "See what waits for a person."),
    "policy": Lazy("copydesk.cli.policy:policy", "Show the routing policy, and try another."),
    "trust": Lazy("copydesk.cli.trust:trust", "See which segments have earned to leave review."),
    "audit": Lazy("copydesk.cli.audit:audit", "Read and prove the record of who did what."),
    "experiment": Lazy(
        "copydesk.cli.experiment:experiment", "Divide recipients among variants, and learn of it."
    ),
    "pull": Lazy("copydesk.cli.pull:pull", "Print the approved copy of a campaign."),
    "export": Lazy("copydesk.cli.export:export", "Write approved copy as a file."),
    "push": Lazy("copydesk.cli.push:push", "Put approved copy into a tool that cannot pull."),
    "triggers": Lazy("copydesk.cli.triggers:triggers", "Try the rules of triggers on events."),
    "timing": Lazy("copydesk.cli.timing:timing", "Count when recipients answer."),
    "events": Lazy("copydesk.cli.events:events", "Take events of recipients from a stream."),
    "conformance": Lazy(
        "copydesk.cli.conformance:conformance",
        "Check a running server as a campaign tool calls it.",
    ),
    "serve": Lazy("copydesk.cli.serve:serve", "Serve the API and the review pages."),
    "users": Lazy("copydesk.cli.users:users", "Add, list and disable users."),
    "keys": Lazy("copydesk.cli.keys:keys", "Add, list and revoke API keys; keys of recipients."),
    "objections": Lazy("copydesk.cli.objections:objections", "Note who objects to personal copy."),
    "rules": Lazy("copydesk.cli.rules:rules", "List and explain the rules of the checks."),
    "notifications": Lazy(
        "copydesk.cli.notifications:notifications", "See what people were told, and test channels."
    ),
    "webhooks": Lazy(
        "copydesk.cli.webhooks:webhooks", "Keep secrets of tools that post what recipients did."
    ),
    "outcomes": Lazy(
        "copydesk.cli.outcomes:outcomes", "Import what recipients did, and see what was unreadable."
    ),
    "doctor": Lazy("copydesk.cli.doctor:doctor", "Say what is installed, reachable and missing."),
    "export-openapi": Lazy("copydesk.cli.openapi:export_openapi", "Print the API's description."),
}


class Copydesk(LazyGroup):
    """Prints what Copydesk reports in plain words, and exits 2 for bad input, 1 otherwise."""

    lazy = COMMANDS

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        """Run the command; what Copydesk or a file refuses is printed, never as a traceback."""
        try:
            return super().invoke(ctx)
        except CopydeskError as error:
            click.echo(error.message, err=True)
            ctx.exit(BAD_INPUT if isinstance(error, InputError) else FAILED)
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"{error.filename}: {error.strerror}", err=True)
            ctx.exit(FAILED)


@click.group(
    cls=Copydesk,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `copydesk demo`. `copydesk COMMAND --help` shows an example.",
)
@click.version_option(__version__, message="copydesk %(version)s")
@click.option(
    "--settings",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of settings; copydesk.yaml of this folder where it exists.",
)
@click.pass_context
def main(ctx: click.Context, settings: Path | None) -> None:
    """Copydesk writes marketing e-mail copy, checks every line of it, ranks it, has a person sign
    what needs signing, and serves only approved copy.
    """  # noqa: D205 - click prints it as one paragraph
    ctx.obj = settings or Path("copydesk.yaml")
