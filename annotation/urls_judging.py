"""The annotator's side: ways in, and the judging page. Addresses say nothing of studies, datasets or rows."""

from django.urls import URLPattern, path

from annotation.views import entering, judging

urlpatterns: list[URLPattern] = [
    path("j/", entering.find, name="enter-find"),
    path("j/<str:token>/", entering.enter, name="enter"),
    path("judge/<slug:address>/", judging.judge, name="judge"),
    path("judge/<slug:address>/welcome/", entering.welcome, name="enter-welcome"),
    path("judge/<slug:address>/again/", entering.again, name="enter-again"),
    path("judge/<slug:address>/accept/", judging.judge_accept, name="judge-accept"),
    path("judge/<slug:address>/screen/", judging.judge_screen, name="judge-screen"),
    path("judge/<slug:address>/next/", judging.judge_next, name="judge-next"),
    path("judge/<slug:address>/answers/", judging.judge_answers, name="judge-answers"),
    path("judge/<slug:address>/submit/", judging.judge_submit, name="judge-submit"),
    path("judge/<slug:address>/report/", judging.judge_report, name="judge-report"),
    path("judge/<slug:address>/ticket/", judging.judge_ticket, name="judge-ticket"),
    path("judge/<slug:address>/earlier/<uuid:public_id>/", judging.judge_earlier, name="judge-earlier"),
]
