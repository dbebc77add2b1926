{{/*
"true" if the values name an image of the upstream Collector, at its own registry or at any mirror. Its tag or digest means nothing for pitot's
image, and running it would defeat the purpose of this chart, so `image.override` runs instead unless `image.allowUpstream` is set.
*/}}
{{- define "pitot.upstreamImage" -}}
{{- if regexMatch "(^|/)opentelemetry-collector(-contrib|-k8s|-otlp)?$" (.Values.image.repository | default "") -}}true{{- end -}}
{{- end -}}

{{/* Stops rendering if the values name an image that looks like another distribution of the Collector. */}}
{{- define "pitot.guards.image" -}}
{{- if and (regexMatch "(otel|opentelemetry)-?col[^/]*$" (.Values.image.repository | default "")) (not (include "pitot.upstreamImage" .)) (not .Values.image.allowUpstream) -}}
{{- fail (printf "image.repository (%s) looks like a distribution of the Collector, but this chart runs pitot. To run pitot, remove image.repository and set image.override.repository. To run what the name says, set image.allowUpstream=true." .Values.image.repository) -}}
{{- end -}}
{{- end -}}

{{/* "true" if the image that runs is `image.override`. */}}
{{- define "pitot.ownImage" -}}
{{- if or (not .Values.image.repository) (and (include "pitot.upstreamImage" .) (not .Values.image.allowUpstream)) -}}true{{- end -}}
{{- end -}}

{{/* Image reference: registry/repository@digest or :tag. */}}
{{- define "pitot.image" -}}
{{- $image := .Values.image -}}
{{- $registry := (.Values.global | default dict).imageRegistry -}}
{{- $repository := $image.repository -}}{{- $tag := $image.tag -}}{{- $digest := $image.digest -}}
{{- if include "pitot.ownImage" . -}}
{{- $override := $image.override | default dict -}}
{{- $repository = $override.repository -}}
{{- if not $repository -}}{{- include "pitot.image.missing" . -}}{{- end -}}
{{- $tag = ternary $override.tag (default $override.tag $image.tag) (not (empty $image.repository)) -}}
{{- $digest = ternary $override.digest (default $override.digest $image.digest) (not (empty $image.repository)) -}}
{{- end -}}
{{- if or (not (include "pitot.ownImage" .)) (not $image.repository) -}}{{- $registry = $image.registry | default $registry -}}{{- end -}}
{{- with $registry -}}{{- $repository = printf "%s/%s" (trimSuffix "/" .) $repository -}}{{- end -}}
{{- if $digest -}}{{- printf "%s@%s" $repository $digest -}}{{- else -}}{{- printf "%s:%s" $repository (default .Chart.AppVersion $tag) -}}{{- end -}}
{{- end -}}

{{/* Stops rendering: a chart that no release has packaged has no image to run. */}}
{{- define "pitot.image.missing" -}}
{{- fail (printf "image.override.repository is empty, because this chart comes from a checkout, for which no image was published. Build the image in the checkout and push it to a registry of yours: `docker buildx build --push --tag registry.example/pitot:%s .`; then add --set image.override.repository=registry.example/pitot. See docs/kubernetes.md, section \"Image\"." .Chart.AppVersion) -}}
{{- end -}}

{{/*
File to run; empty: the entry point of an image that the values name. pitot's image does not have the binary names of the other
distributions, so each of them means otelcol-contrib.
*/}}
{{- define "pitot.command" -}}
{{- $name := .Values.command.name -}}
{{- if and (include "pitot.ownImage" .) (has ($name | default "") (list "" "otelcol" "otelcol-k8s" "otelcol-otlp")) -}}{{- $name = "otelcol-contrib" -}}{{- end -}}
{{- with $name -}}/{{ . }}{{- end -}}
{{- end -}}
