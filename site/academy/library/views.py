from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from wagtail.documents.wagtail_hooks import check_view_restrictions

from academy.core.knowledge import knowledge_base
from academy.library.audiences import reader_of
from academy.library.models import FAQ, Passage, Source
from academy.library.sources import UploadedText, addresses, at, origin

RESULTS = 30


@never_cache
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """An uploaded file as a page that can be read and pointed into, by whoever may open the file."""
    found = get_object_or_404(Source.objects.live(), pk=pk, kind=Source.Kind.DOCUMENT)
    upload = origin(found)
    if not isinstance(upload, UploadedText):
        raise Http404
    entrance: HttpResponse | None = check_view_restrictions(upload.upload, request)
    if entrance:
        return entrance
    if not reader_of(request).readable([found.key]):
        raise Http404
    passages = Passage.objects.filter(source_key=found.key)
    return render(request, "library/source.html", {"source": found, "upload": upload, "passages": passages})


def faq(request: HttpRequest) -> HttpResponse:
    return render(request, "library/faq.html", {"items": FAQ.objects.published(), "nav": "ask"})


@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Places where the words occur, by source; an empty question shows the box alone."""
    query = request.GET.get("q", "").strip()[:200]
    reader = reader_of(request)
    hits = knowledge_base().retrieve(query, RESULTS, reader.live_keys, reader.audiences()) if query else []
    sources = {
        source.key: source for source in Source.objects.filter(key__in={h.passage.source for h in hits})
    }
    found_at = addresses(sources.values())
    order = {key: n for n, key in enumerate(dict.fromkeys(h.passage.source for h in hits))}
    hits.sort(key=lambda hit: order[hit.passage.source])
    groups = [
        {
            "source": sources[key],
            "places": [(hit.passage, at(found_at[key], hit.passage.anchor)) for hit in list(group)[:3]],
        }
        for key, group in groupby(hits, key=lambda hit: hit.passage.source)
    ]
    return render(request, "library/search.html", {"query": query, "groups": groups})
