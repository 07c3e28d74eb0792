# One image for every process: `serve` (unless told otherwise), `worker` and `db upgrade`.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements/build.lock requirements/server.lock requirements/
RUN pip install --require-hashes -r requirements/build.lock \
    && python -m venv --without-pip /assent \
    && pip --python /assent install --require-hashes -r requirements/server.lock
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY src src
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /assent install --no-deps --no-index dist/*.whl

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-log-init --home-dir /var/lib/assent --create-home --shell /usr/sbin/nologin assent
COPY --from=build /assent /assent
ENV PATH=/assent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ASSENT_DATABASE_URL=sqlite:////var/lib/assent/assent.db \
    ASSENT_HOST=0.0.0.0 \
    ASSENT_PORT=5000
USER 10001:10001
WORKDIR /var/lib/assent
VOLUME /var/lib/assent
EXPOSE 5000
HEALTHCHECK --start-period=30s --timeout=5s \
    CMD ["python", "-c", "from os import environ; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{environ[\"ASSENT_PORT\"]}/ready', timeout=4)"]
ENTRYPOINT ["assent"]
CMD ["serve"]
