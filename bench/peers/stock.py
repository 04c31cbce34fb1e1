"""A stock REST framework list of what the board shows: serializers and a view as anybody would write them first."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.db.models import Prefetch
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.settings"
application = get_wsgi_application()

from rest_framework import generics, serializers  # noqa: E402

from provisions.models import LineAssessment, Position, Provision, ProvisionVersion, Wording  # noqa: E402


class PositionSerializer(serializers.ModelSerializer):
    party = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Position
        fields = ["key", "party", "stance", "authority", "stated_on", "speaker", "summary"]


class WordingSerializer(serializers.ModelSerializer):
    positions = PositionSerializer(many=True)

    class Meta:
        model = Wording
        fields = ["positions"]


class VersionSerializer(serializers.ModelSerializer):
    category = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = ProvisionVersion
        fields = ["title", "category", "kind", "recorded_at"]


class AssessmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = LineAssessment
        fields = ["level", "as_of", "seq"]


class LineSerializer(serializers.ModelSerializer):
    versions = VersionSerializer(many=True)
    assessments = AssessmentSerializer(many=True)
    wordings = WordingSerializer(many=True)

    class Meta:
        model = Provision
        fields = ["slug", "order", "versions", "assessments", "wordings"]


class LineList(generics.ListAPIView):
    serializer_class = LineSerializer

    def get_queryset(self):
        return Provision.objects.filter(plan__slug=self.kwargs["plan"], parent=None).prefetch_related(
            Prefetch("versions", ProvisionVersion.objects.standing().select_related("category")),
            Prefetch("assessments", LineAssessment.objects.standing().defer("body")),
            Prefetch("wordings", Wording.objects.filter(revision__slug=self.kwargs["revision"])),
            Prefetch("wordings__positions", Position.objects.select_related("party")),
        )


urlpatterns = [path("lines/<slug:plan>/<slug:revision>", LineList.as_view())]
