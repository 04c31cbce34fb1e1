# One image for web, worker, beat, the preparing step and backups. It carries its own PostgreSQL client programs.
FROM python:3.13-slim AS packages
WORKDIR /tracker
COPY requirements.txt requirements-observe.txt ./
# `--build-arg OBSERVE=yes` for an image that can report to Sentry and OpenTelemetry.
ARG OBSERVE=
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt ${OBSERVE:+-r requirements-observe.txt}

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tracker
COPY --from=packages /venv /venv
WORKDIR /tracker
COPY manage.py ./
COPY tracker tracker
COPY parties parties
COPY provisions provisions
COPY templates templates
COPY static static
COPY locale locale
COPY fixtures fixtures
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/static
# The files of the site are part of the image, so that its root may be read-only.
RUN SECRET_KEY=unused DATABASE_URL=postgresql://u:p@unused/u REDIS_URL=redis://unused \
    python manage.py collectstatic --no-input --verbosity 0 && python -m compileall -q tracker parties provisions
USER tracker
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "--workers=2", "--blocking-threads=8", "--no-ws", "--respawn-interval=15", "tracker.wsgi:application"]
