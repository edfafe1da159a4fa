from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, PasswordChangeView, PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crsapp.accounts import services
from crsapp.accounts.access import ResearcherRequest, owner_required
from crsapp.accounts.forms import PersonForm, SignInForm
from crsapp.accounts.models import User


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = User.objects.demo() if settings.DEMO else User.objects.none()
        return super().get_context_data(demo_people=people, **kwargs)


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. In demo mode alone; nobody else's account can be had this way."""
    if not settings.DEMO:
        raise Http404
    person = get_object_or_404(User.objects.demo(), username=request.POST.get("username", ""))
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = reverse("home")
    return redirect(target)


class ChangePassword(PasswordChangeView):
    template_name = "accounts/change_password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password has been changed."))
        return super().form_valid(form)


class SetPassword(PasswordResetConfirmView):
    """Where a new person chooses a password, by a link that is good once."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("accounts:sign-in")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return super().form_valid(form)


@owner_required
def people(request: ResearcherRequest) -> HttpResponse:
    return render(request, "accounts/people.html", {"people": User.objects.order_by("-is_active", "username")})


@owner_required
def person_new(request: ResearcherRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = services.add_person(**form.cleaned_data)
        return redirect("accounts:person-link", pk=person.pk)
    return render(request, "accounts/person_new.html", {"form": form})


@never_cache
@owner_required
def person_link(request: ResearcherRequest, pk: int) -> HttpResponse:
    """The one-time link with which somebody sets a password, for the owner to pass on."""
    person = get_object_or_404(User, pk=pk, is_active=True)
    link = request.build_absolute_uri(services.set_password_path(person=person))
    return render(
        request,
        "accounts/person_link.html",
        {"person": person, "link": link, "days": settings.PASSWORD_RESET_TIMEOUT // 86400},
    )


@owner_required
@require_POST
def person_deactivate(request: ResearcherRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        services.deactivate(person=person)
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": person.username})
    except services.AccountError as error:
        messages.error(request, str(error))
    return redirect("accounts:people")


@owner_required
@require_POST
def person_activate(request: ResearcherRequest, pk: int) -> HttpResponse:
    person = services.activate(person=get_object_or_404(User, pk=pk))
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.username})
    return redirect("accounts:people")
