{{/* The configuration as YAML text: values, presets, and persistence merged, templates expanded. */}}
{{- define "pitot.config" -}}
{{- $config := deepCopy (.Values.alternateConfig | default .Values.config) -}}
{{- if .Values.console.enabled -}}{{- include "pitot.config.console" (dict "root" . "config" $config) -}}{{- end -}}
{{- if and (not .Values.alternateConfig) (include "pitot.config.defaultExporter" .) -}}{{- include "pitot.config.makeWay" (dict "root" . "config" $config) -}}{{- end -}}
{{- if (.Values.presets.kubernetesAttributes | default dict).enabled -}}{{- include "pitot.config.kubernetesAttributes" (dict "root" . "config" $config) -}}{{- end -}}
{{- if .Values.presets.airflow.enabled -}}{{- include "pitot.config.airflow" (dict "config" $config "preset" .Values.presets.airflow) -}}{{- end -}}
{{- if .Values.persistence.enabled -}}{{- include "pitot.config.persistence" (dict "config" $config "persistence" .Values.persistence) -}}{{- end -}}
{{- if .Values.sharding.enabled -}}{{- include "pitot.config.sharding" (dict "root" . "config" $config) -}}{{- end -}}
{{- if and .Values.internalTelemetryViaOTLP.metrics.enabled (not .Values.alternateConfig) -}}{{- include "pitot.config.push" (dict "config" $config "via" .Values.internalTelemetryViaOTLP) -}}{{- end -}}
{{- tpl (toYaml $config) . -}}
{{- end -}}

{{/* "true" if the chart makes the configuration that runs: not if an existing ConfigMap is mounted, or none. */}}
{{- define "pitot.config.known" -}}
{{- if and .Values.configMap.create (not .Values.configMap.existingName) -}}true{{- end -}}
{{- end -}}

{{/* Adds accumulation and classic buckets to every prometheus exporter. The user's own settings take precedence. */}}
{{- define "pitot.config.airflow" -}}
{{- $preset := dict "accumulation" .preset.accumulation "classic_buckets" .preset.classicBuckets -}}
{{- $exporters := .config.exporters | default dict -}}
{{- range $id, $exporter := $exporters -}}
{{- if eq (first (splitList "/" $id)) "prometheus" -}}
{{- $_ := set $exporters $id (mergeOverwrite (deepCopy $preset) ($exporter | default dict)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Adds the file_storage extension, which every accumulating prometheus exporter then uses. */}}
{{- define "pitot.config.persistence" -}}
{{- $config := .config -}}
{{- $extension := mergeOverwrite (dict "directory" .persistence.mountPath "create_directory" true) (dig "extensions" "file_storage" (dict) $config | default dict) -}}
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

{{/* Adds the console, which answers under the names of the Service. The user's own settings take precedence. Takes a dict: root, config. */}}
{{- define "pitot.config.console" -}}
{{- $name := include "pitot.fullname" .root -}}{{- $namespace := include "pitot.namespace" .root -}}
{{- $hosts := list $name (printf "%s.%s" $name $namespace) (printf "%s.%s.svc" $name $namespace) (printf "%s.%s.svc.cluster.local" $name $namespace) -}}
{{- $preset := dict "endpoint" (printf "0.0.0.0:%d" (int .root.Values.console.port)) "allowed_hosts" $hosts -}}
{{- $extension := mergeOverwrite $preset (dig "extensions" "console" (dict) .config | default dict) -}}
{{- $_ := set .config "extensions" (merge (dict "console" $extension) (.config.extensions | default dict)) -}}
{{- $service := .config.service | default dict -}}
{{- $_ := set $service "extensions" (append ($service.extensions | default list) "console" | uniq) -}}
{{- $_ := set .config "service" $service -}}
{{- end -}}

{{/* Port of the console, in the pod: its endpoint in the configuration, or console.port if the chart cannot read it. */}}
{{- define "pitot.console.port" -}}
{{- $port := 0 -}}
{{- if include "pitot.config.known" . -}}
{{- $extension := dig "extensions" "console" (dict) (include "pitot.addresses.config" . | fromYaml) | default dict -}}
{{- $port = include "pitot.addresses.port" ($extension.endpoint | default "") | int -}}
{{- end -}}
{{- $port | default (int .Values.console.port) -}}
{{- end -}}

{{/* Removes the batch processor from the pipelines that end in these exporters: it answers a client before the exporter has its data. */}}
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

{{/* Adds a periodic OTLP reader for pitot's own metrics. */}}
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

{{/* "true" if the configuration has the extension that answers the probes. */}}
{{- define "pitot.config.health" -}}
{{- $config := .Values.alternateConfig | default .Values.config -}}
{{- range dig "service" "extensions" (list) $config -}}
{{- if has (first (splitList "/" .)) (list "health_check" "healthcheckv2") -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" if the metrics pipeline ends in the exporters of values.yaml, and its prometheus exporter is as there. */}}
{{- define "pitot.config.defaultExporter" -}}
{{- $pipeline := dig "service" "pipelines" "metrics" (dict) .Values.config | default dict -}}
{{- /* The template of values.yaml: an exporter of the user's with the same endpoint differs from it. */ -}}
{{- if and (eq (toJson (get (.Values.config.exporters | default dict) "prometheus")) (toJson (dict "endpoint" "{{ \"0.0.0.0\" }}:8889"))) (eq ($pipeline.exporters | default list | join " ") "debug prometheus") -}}true{{- end -}}
{{- end -}}

{{/*
Removes the default prometheus exporter if the configuration has another one, or something else in the pod listens on its port: it is only for values
that do not say how Prometheus gets the metrics. Takes a dict: root, config.
*/}}
{{- define "pitot.config.makeWay" -}}
{{- $config := .config -}}
{{- $others := list -}}
{{- range $pipeline := $config.service.pipelines -}}
{{- range ($pipeline | default dict).exporters -}}{{- if hasPrefix "prometheus/" . -}}{{- $others = append $others . -}}{{- end -}}{{- end -}}
{{- end -}}
{{- $rest := merge (dict "exporters" (omit $config.exporters "prometheus")) (omit $config "exporters") -}}
{{- if or $others (include "pitot.addresses.taken" (dict "root" .root "config" (tpl (toYaml $rest) .root) "port" 8889)) -}}
{{- $_ := unset $config.exporters "prometheus" -}}
{{- $_ := set $config.service.pipelines.metrics "exporters" (without $config.service.pipelines.metrics.exporters "prometheus") -}}
{{- end -}}
{{- end -}}

{{/*
"true" if the user asked for a prometheus exporter: one that is not the chart's default, or the preset airflow. The upstream chart has no
default exporter, so the mere default is no reason to refuse values that work there.
*/}}
{{- define "pitot.config.ownPrometheus" -}}
{{- if include "pitot.addresses.exporters" . | fromJsonArray -}}
{{- $config := .Values.alternateConfig | default .Values.config -}}
{{- $used := list -}}
{{- range $pipeline := dig "service" "pipelines" (dict) $config -}}{{- $used = concat $used (($pipeline | default dict).exporters | default list) -}}{{- end -}}
{{- $onlyDefault := and (not .Values.alternateConfig) (include "pitot.config.defaultExporter" .) (not (regexMatch "(^| )prometheus/" (join " " $used))) -}}
{{- if or (not $onlyDefault) .Values.presets.airflow.enabled -}}true{{- end -}}
{{- end -}}
{{- end -}}
