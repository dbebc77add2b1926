# syntax=docker/dockerfile:1
# Replaces otel/opentelemetry-collector-contrib, with the same user, ports, command, and configuration path.
# For several architectures: docker buildx build --platform linux/amd64,linux/arm64 . (see docs/kubernetes.md#image).

# The base image needs only Node.js 24 or later at NODE, no shell, and no package manager. Pin a digest for releases.
ARG BASE_IMAGE=gcr.io/distroless/nodejs26-debian13:nonroot
# The build image runs on the builder's architecture.
ARG BUILD_IMAGE=node:26.10.0-trixie-slim

FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
ARG NODE=/nodejs/bin/node
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY packaging/node ./packaging/node
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund --ignore-scripts
COPY . .
RUN npm run --silent bundle -- --node="${NODE}" --code-cache && node dist/otelcol-contrib --version && mkdir state

FROM ${BASE_IMAGE}
ARG VERSION=0.2.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="pitot" \
      org.opencontainers.image.description="Takes OTLP metrics from Apache Airflow and serves them to Prometheus; a drop-in for otelcol-contrib" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"

COPY --from=build --chmod=0755 /build/dist/otelcol-contrib /build/dist/pitot /build/dist/otlp-roundtrip /
# The program and its compiled code. Only the version of Node.js that created the code can load it, so pin both images to one version.
COPY --from=build --chmod=0644 /build/dist/pitot.* /
COPY --from=build --chmod=0644 /build/dist/THIRD-PARTY-NOTICES.txt /build/dist/bom.cdx.json /build/LICENSE /licenses/
# For a volume with totals: a new one gets the owner of this directory.
COPY --from=build --chown=10001:10001 /build/state /var/lib/pitot
COPY --from=build --chmod=0644 /build/dist/config.yaml /etc/otelcol-contrib/config.yaml

# HOME is set because user 10001 has no passwd entry and the root is read-only. The heap is a percentage of the container's memory limit. A
# value in the pod specification, such as the chart's, replaces NODE_OPTIONS. MALLOC_…: the allocator returns large buffers to the system
# (docs/performance.md#heap-flags).
ENV NODE_ENV=production \
    HOME=/tmp \
    NODE_OPTIONS=--max-old-space-size-percentage=60 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=262144 \
    MALLOC_TRIM_THRESHOLD_=1048576
# A numeric user, so that the kubelet can check runAsNonRoot. Same user as the Collector, so that volumes keep their owner.
USER 10001:10001
EXPOSE 4317 4318 8888 8889 13133
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/otelcol-contrib", "healthcheck"]
ENTRYPOINT ["/otelcol-contrib"]
CMD ["--config", "/etc/otelcol-contrib/config.yaml"]
