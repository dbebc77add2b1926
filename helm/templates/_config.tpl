{{/* The configuration as YAML text: values, presets and persistence put together, templates expanded. */}}
{{- define "pitot.config" -}}
{{- if .Values.alternateConfig -}}
{{- tpl (toYaml .Values.alternateConfig) . -}}
{{- else -}}
{{- $config := deepCopy .Values.config -}}
{{- if .Values.presets.airflow.enabled -}}{{- include "pitot.config.airflow" (dict "config" $config "preset" .Values.presets.airflow) -}}{{- end -}}
{{- if .Values.persistence.enabled -}}{{- include "pitot.config.persistence" (dict "config" $config "persistence" .Values.persistence) -}}{{- end -}}
{{- if .Values.internalTelemetryViaOTLP.metrics.enabled -}}{{- include "pitot.config.push" (dict "config" $config "via" .Values.internalTelemetryViaOTLP) -}}{{- end -}}
{{- tpl (toYaml $config) . -}}
{{- end -}}
{{- end -}}

{{/* Adds accumulation and classic buckets to every prometheus exporter; what the user wrote there is stronger. */}}
{{- define "pitot.config.airflow" -}}
{{- $preset := dict "accumulation" .preset.accumulation "classic_buckets" .preset.classicBuckets -}}
{{- $exporters := .config.exporters -}}
{{- range $id, $exporter := $exporters -}}
{{- if eq (first (splitList "/" $id)) "prometheus" -}}
{{- $_ := set $exporters $id (mergeOverwrite (deepCopy $preset) ($exporter | default dict)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Adds the file_storage extension and names it in every accumulating prometheus exporter. */}}
{{- define "pitot.config.persistence" -}}
{{- $config := .config -}}
{{- $extension := mergeOverwrite (dict "directory" .persistence.mountPath) (dig "extensions" "file_storage" (dict) $config | default dict) -}}
{{- $_ := set $config "extensions" (merge (dict "file_storage" $extension) ($config.extensions | default dict)) -}}
{{- $service := $config.service | default dict -}}
{{- $_ := set $service "extensions" (append ($service.extensions | default list) "file_storage" | uniq) -}}
{{- $_ := set $config "service" $service -}}
{{- $durable := .persistence.durableAck -}}
{{- $durableExporters := list -}}
{{- range $id, $exporter := $config.exporters -}}
{{- if and $exporter (eq (first (splitList "/" $id)) "prometheus") (dig "accumulation" "enabled" false $exporter) -}}
{{- $_ := set $exporter "accumulation" (mergeOverwrite (dict "storage" "file_storage" "durable_ack" $durable) $exporter.accumulation) -}}
{{- if $exporter.accumulation.durable_ack -}}{{- $durableExporters = append $durableExporters $id -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- include "pitot.config.unbatched" (dict "pipelines" ($service.pipelines | default dict) "exporters" $durableExporters) -}}
{{- end -}}

{{/*
Takes the batch processor out of the pipelines that lead to these exporters: it answers a sender before the exporter has its data, so
that nothing behind it can be waited for.
*/}}
{{- define "pitot.config.unbatched" -}}
{{- $exporters := .exporters -}}
{{- range $pipeline := .pipelines -}}
{{- $leads := false -}}
{{- range ($pipeline | default dict).exporters -}}{{- if has . $exporters -}}{{- $leads = true -}}{{- end -}}{{- end -}}
{{- if $leads -}}
{{- $kept := list -}}
{{- range $pipeline.processors -}}{{- if ne (first (splitList "/" .)) "batch" -}}{{- $kept = append $kept . -}}{{- end -}}{{- end -}}
{{- $_ := set $pipeline "processors" $kept -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Adds a periodic OTLP reader for our own metrics. */}}
{{- define "pitot.config.push" -}}
{{- $otlp := dict "protocol" "http/protobuf" "endpoint" (default .via.endpoint .via.metrics.endpoint) -}}
{{- with (default .via.headers .via.metrics.headers) -}}{{- $_ := set $otlp "headers" . -}}{{- end -}}
{{- $service := .config.service | default dict -}}
{{- $telemetry := $service.telemetry | default dict -}}
{{- $metrics := $telemetry.metrics | default dict -}}
{{- $reader := dict "periodic" (dict "exporter" (dict "otlp" $otlp)) -}}
{{- $_ := set $metrics "readers" (append ($metrics.readers | default list) $reader) -}}
{{- $_ := set $telemetry "metrics" $metrics -}}
{{- $_ := set $service "telemetry" $telemetry -}}
{{- $_ := set .config "service" $service -}}
{{- end -}}

{{/* Ids of the exporters in pipelines, one a line. */}}
{{- define "pitot.config.usedExporters" -}}
{{- $config := .Values.alternateConfig | default .Values.config -}}
{{- $used := list -}}
{{- range $pipeline := dig "service" "pipelines" (dict) $config -}}
{{- if $pipeline -}}{{- $used = concat $used ($pipeline.exporters | default list) -}}{{- end -}}
{{- end -}}
{{- $used | uniq | join "\n" -}}
{{- end -}}

{{/* "true" when a pipeline ends in a prometheus exporter, whose state is in one pod. */}}
{{- define "pitot.config.servesPrometheus" -}}
{{- range splitList "\n" (include "pitot.config.usedExporters" .) -}}
{{- if eq (first (splitList "/" .)) "prometheus" -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" when nothing in the configuration opens a connection of its own. */}}
{{- define "pitot.config.onlyServes" -}}
{{- $config := .Values.alternateConfig | default .Values.config -}}
{{- $sends := or .Values.internalTelemetryViaOTLP.metrics.enabled (contains "periodic" (toYaml (dig "service" "telemetry" (dict) $config))) -}}
{{- range splitList "\n" (include "pitot.config.usedExporters" .) -}}
{{- if not (has (first (splitList "/" .)) (list "" "prometheus" "debug" "logging" "nop" "file")) -}}{{- $sends = true -}}{{- end -}}
{{- end -}}
{{- range $pipeline := dig "service" "pipelines" (dict) $config -}}
{{- range ($pipeline | default dict).receivers -}}
{{- if not (has (first (splitList "/" .)) (list "otlp" "statsd" "nop" "jaeger" "zipkin")) -}}{{- $sends = true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $sends -}}true{{- end -}}
{{- end -}}
