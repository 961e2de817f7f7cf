"""The page where a person looks after herself; everything else is allauth's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import phones, selectors, services, sms
from accounts.forms import ProfileForm
from core.pictures import NotAPicture


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("accounts:profile")


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = selectors.person_with_avatar(request.user.pk or 0)
    form = ProfileForm(request.POST or None, request.FILES or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_profile(person=person, **form.cleaned_data)
        except NotAPicture as error:
            form.add_error("picture", str(error))
        else:
            with translation.override(person.language):
                messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    context = {
        "form": form,
        "person": selectors.person_with_avatar(person.pk) if form.errors else person,
        "phone": phones.display(person.phone) if person.phone else "",
        "can_text": sms.is_offered(),
        "has_second_factor": selectors.has_second_factor(person),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)
