{{/*
"true" when the values name an image of the upstream collector. Their tag or digest means nothing for our image, and running their
image would undo the point of installing this chart, so `image.override` runs instead unless `image.allowUpstream`.
*/}}
{{- define "pitot.upstreamImage" -}}
{{- if regexMatch "^((index\\.)?docker\\.io/)?otel/opentelemetry-collector(-contrib|-k8s|-otlp)?$|^ghcr\\.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector(-contrib|-k8s|-otlp)?$" .Values.image.repository -}}true{{- end -}}
{{- end -}}

{{/* "true" when the image that runs is ours. */}}
{{- define "pitot.ownImage" -}}
{{- if or (not .Values.image.repository) (and (include "pitot.upstreamImage" .) (not .Values.image.allowUpstream)) -}}true{{- end -}}
{{- end -}}

{{/* Image reference: registry/repository@digest or :tag. */}}
{{- define "pitot.image" -}}
{{- $image := .Values.image -}}
{{- $repository := $image.repository -}}{{- $tag := $image.tag -}}{{- $digest := $image.digest -}}
{{- if include "pitot.ownImage" . -}}
{{- $repository = $image.override.repository -}}
{{- $tag = ternary $image.override.tag (default $image.override.tag $image.tag) (ne $image.repository "") -}}
{{- $digest = ternary $image.override.digest (default $image.override.digest $image.digest) (ne $image.repository "") -}}
{{- end -}}
{{- $registry := $image.registry | default .Values.global.imageRegistry -}}
{{- with $registry -}}{{- $repository = printf "%s/%s" (trimSuffix "/" .) $repository -}}{{- end -}}
{{- if $digest -}}{{- printf "%s@%s" $repository $digest -}}{{- else -}}{{- printf "%s:%s" $repository (default .Chart.AppVersion $tag) -}}{{- end -}}
{{- end -}}

{{/* File to run. Our image has no other distribution's binary names, so all of them mean the one it has. */}}
{{- define "pitot.command" -}}
{{- $name := default "otelcol-contrib" .Values.command.name -}}
{{- if and (include "pitot.ownImage" .) (has $name (list "otelcol" "otelcol-k8s" "otelcol-otlp")) -}}{{- $name = "otelcol-contrib" -}}{{- end -}}
/{{ $name }}
{{- end -}}
