"""The lexical index: overlapping character pairs in the site's own database, ranked by BM25."""

from academy.library.text_index.index import (
    TextIndex,
    create_search_tables,
    create_tables,
    make_search_tables_anew,
)

__all__ = ["TextIndex", "create_search_tables", "create_tables", "make_search_tables_anew"]
