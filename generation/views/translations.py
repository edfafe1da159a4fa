"""The languages of a dataset, and a new one after a look at what it would come to."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.enquiries import TranslationForm
from generation.llm.money import money
from generation.models import Dataset, Endpoint, Enquiry
from generation.services.enquiries.estimating import estimate
from generation.services.enquiries.kinds import EnquiryError
from generation.services.enquiries.steering import start_enquiry
from generation.services.languages import translated
from generation.transcript import language_name
from generation.views.enquiries import BADGES


@researcher_required
def translation_list(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset.objects.with_counts(), slug=slug)
    form = TranslationForm(request.POST or None, dataset=dataset)
    looked: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        what: dict[str, Any] = {
            "dataset": dataset,
            "kind": Enquiry.Kind.TRANSLATION,
            "endpoint": said["endpoint"],
            "language": said["language"],
            "settings": {"beside": said["beside"]},
        }
        if "start" in request.POST:
            try:
                enquiry = start_enquiry(**what, **form.limits._asdict(), by=request.user)
                return redirect("generation:enquiry-detail", slug, enquiry.pk)
            except EnquiryError as error:
                form.add_error(None, str(error))
        else:
            found = estimate(**what)
            costs = {"likely": money(found.money), "most": money(found.most_money)}
            looked = {
                "found": found,
                **costs,
                "endpoint": said["endpoint"],
                "language": language_name(said["language"]),
            }
    made = dataset.enquiries.filter(kind=Enquiry.Kind.TRANSLATION).select_related("endpoint").with_counts()
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "own": language_name(dataset.language),
        "languages": [(language_name(one.code), one) for one in translated(dataset)],
        "made": [(language_name(one.language), one) for one in made],
        "badges": BADGES,
        "form": form,
        "looked": looked,
        "has_endpoints": Endpoint.objects.in_use().exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "generation/translation_list.html", context, status=status)
