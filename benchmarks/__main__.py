"""Two ratios: what the pipeline costs over bare embedding, and what retrieval costs over its parts."""

import os
import tempfile
from pathlib import Path

import django

from benchmarks.corpus import documents, questions

PASSAGES = 400


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.dev")
    django.setup()
    # the site's text index is measured, and can be imported only once the site is set up
    from benchmarks.measure import ingest_ratio, retrieval_ratio

    found = documents(PASSAGES)
    print(f"{sum(map(len, found.values()))} passages of {len(found)} sources, {len(questions())} questions")
    with tempfile.TemporaryDirectory() as folder:
        bare, pipeline = ingest_ratio(found, Path(folder))
        print(f"embedding alone     {bare:8.1f} passages/s")
        print(f"whole pipeline      {pipeline:8.1f} passages/s   ratio {pipeline / bare:.2f} (0.85 wanted)")
        parts, whole = retrieval_ratio(questions(), Path(folder))
        print(f"embed + two queries {parts:8.1f} ms a question")
        print(f"retrieval           {whole:8.1f} ms a question   ratio {whole / parts:.2f} (1.5 at most)")


if __name__ == "__main__":
    main()
