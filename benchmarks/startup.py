"""How long the small things take, against the imports they cannot do without."""

from __future__ import annotations

from benchmarks.measure import best, checker, python

_LIBRARIES = "import duckdb, pydantic, typer, sqlglot"


def startup(runs: int) -> None:
    """Print the time of ``--help`` and of a small audit, each against its bare imports."""
    for name, bare, arguments in (
        ("checker --help", "import typer", ("--help",)),
        (
            "checker check fixtures/property",
            _LIBRARIES,
            ("check", "fixtures/property", "-r", "property", "--as-of", "2023-03-01", "--quiet"),
        ),
    ):
        least = best(runs, lambda bare=bare: python(bare))  # type: ignore[misc]
        ours = best(runs, lambda arguments=arguments: checker(*arguments))  # type: ignore[misc]
        print(
            f"{name}: {ours.seconds:.2f} s; {bare!r}: {least.seconds:.2f} s; ratio {ours.seconds / least.seconds:.2f}"
        )
