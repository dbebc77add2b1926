{{/* Values that would install something else than what was asked for end here, with what to do instead. */}}
{{- define "pitot.guards" -}}
{{- include "pitot.guards.presets" . -}}
{{- include "pitot.guards.scaling" . -}}
{{- include "pitot.guards.persistence" . -}}
{{- include "pitot.guards.endpoints" . -}}
{{- end -}}

{{- define "pitot.guards.presets" -}}
{{- $refused := list -}}
{{- range $name, $preset := omit .Values.presets "airflow" "annotationDiscovery" -}}
{{- if and $preset $preset.enabled -}}{{- $refused = append $refused $name -}}{{- end -}}
{{- end -}}
{{- range $name, $preset := .Values.presets.annotationDiscovery -}}
{{- if and $preset $preset.enabled -}}{{- $refused = append $refused (printf "annotationDiscovery.%s" $name) -}}{{- end -}}
{{- end -}}
{{- with $refused -}}
{{- fail (printf "presets.%s: pitot takes OTLP metrics and does not collect from the node or the cluster. Keep an OpenTelemetry Collector beside it for that and turn the preset off here." (join ", presets." .)) -}}
{{- end -}}
{{- end -}}

{{- define "pitot.guards.scaling" -}}
{{- if and (eq (include "pitot.mode" .) "deployment") (gt (include "pitot.maxReplicas" . | int) 1) (include "pitot.config.servesPrometheus" .) (not .Values.scaling.acceptSplitSeries) -}}
{{- fail "replicas: with several pods behind one Service each pod serves only the series that happened to reach it, so Prometheus would read wrong numbers. Set mode: statefulset (and podMonitor.enabled, so that every pod is scraped), or scaling.acceptSplitSeries: true if that is what you want. See docs/kubernetes.md, Scaling." -}}
{{- end -}}
{{- end -}}

{{- define "pitot.guards.persistence" -}}
{{- if .Values.persistence.enabled -}}
{{- if ne (include "pitot.mode" .) "statefulset" -}}
{{- fail "persistence.enabled needs mode: statefulset: the volume must follow its pod." -}}
{{- end -}}
{{- if and .Values.persistence.existingClaim (gt (include "pitot.maxReplicas" . | int) 1) -}}
{{- fail "persistence.existingClaim is one volume: it needs one replica." -}}
{{- end -}}
{{- if and (not .Values.alternateConfig) (not (contains "storage: file_storage" (include "pitot.config" .))) -}}
{{- fail "persistence.enabled keeps accumulated totals, but no prometheus exporter accumulates: set presets.airflow.enabled, or accumulation.enabled in config.exporters.prometheus." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "pitot.guards.endpoints" -}}
{{- $ports := .Values.ports -}}
{{- range $monitor := list "serviceMonitor" "podMonitor" -}}
{{- range (get $.Values $monitor).metricsEndpoints -}}
{{- if and .port (not (hasKey $ports .port)) -}}
{{- fail (printf "%s.metricsEndpoints: there is no port %q; known: %s" $monitor .port (keys $ports | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
