{{/* Stops rendering if the values would install something other than what they ask for, and says what to do instead. */}}
{{- define "pitot.guards" -}}
{{- $_ := include "pitot.ports" . -}}
{{- include "pitot.guards.presets" . -}}
{{- include "pitot.guards.scaling" . -}}
{{- include "pitot.guards.persistence" . -}}
{{- include "pitot.guards.endpoints" . -}}
{{- include "pitot.guards.health" . -}}
{{- end -}}

{{/* Presets of the upstream chart that pitot does not have, and what to run instead. */}}
{{- define "pitot.guards.presets" -}}
{{- $collector := "run the upstream chart beside pitot, in a release of its own, with this preset and" -}}
{{- $instead := dict
  "logsCollection" (printf "%s mode: daemonset" $collector)
  "hostMetrics" (printf "run Prometheus' node_exporter, or %s mode: daemonset" $collector)
  "kubeletMetrics" (printf "have Prometheus scrape the kubelets (kube-prometheus-stack does), or %s mode: daemonset" $collector)
  "kubernetesEvents" (printf "%s mode: deployment" $collector)
  "kubernetesObjects" (printf "%s mode: deployment" $collector)
  "clusterMetrics" (printf "run kube-state-metrics, or %s mode: deployment" $collector)
  "resourceDetection" "set OTEL_RESOURCE_ATTRIBUTES in the senders' pods, or add attributes with the processor resource"
  "profiling" (printf "%s the image of the eBPF profiler" $collector)
  "annotationDiscovery.logs" (printf "%s mode: daemonset" $collector)
  "annotationDiscovery.metrics" (printf "have Prometheus discover the pods by their annotations, or %s mode: daemonset" $collector)
-}}
{{- $enabled := dict -}}
{{- range $name, $preset := omit .Values.presets "annotationDiscovery" -}}{{- $_ := set $enabled $name ($preset | default dict).enabled -}}{{- end -}}
{{- range $name, $preset := .Values.presets.annotationDiscovery -}}{{- $_ := set $enabled (printf "annotationDiscovery.%s" $name) ($preset | default dict).enabled -}}{{- end -}}
{{- $refused := list -}}
{{- range $name, $remedy := $instead -}}
{{- if get $enabled $name -}}{{- $refused = append $refused (printf "presets.%s: pitot does not have this preset; set presets.%s.enabled=false here, and %s." $name $name $remedy) -}}{{- end -}}
{{- end -}}
{{- with $refused -}}{{- fail (printf "%s See docs/migration.md, section \"Presets\"." (join " " .)) -}}{{- end -}}
{{- end -}}

{{- define "pitot.guards.scaling" -}}
{{- if and (eq (include "pitot.mode" .) "deployment") (gt (include "pitot.maxReplicas" . | int) 1) (include "pitot.config.ownPrometheus" .) (not .Values.scaling.acceptSplitSeries) -}}
{{- fail "replicaCount, autoscaling.maxReplicas: your prometheus exporter keeps its series in one pod. With several pods behind one Service, each pod serves only the series that happened to reach it, and Prometheus reads wrong numbers. Set mode=statefulset and podMonitor.enabled=true, so that Prometheus scrapes every pod, or accept the split with scaling.acceptSplitSeries=true. See docs/kubernetes.md, section \"Several pods\"." -}}
{{- end -}}
{{- end -}}

{{- define "pitot.guards.persistence" -}}
{{- if .Values.persistence.enabled -}}
{{- if ne (include "pitot.mode" .) "statefulset" -}}
{{- fail "persistence.enabled needs mode=statefulset, because the volume must follow its pod." -}}
{{- end -}}
{{- if and .Values.persistence.existingClaim (gt (include "pitot.maxReplicas" . | int) 1) -}}
{{- fail "persistence.existingClaim is one volume: it needs replicaCount=1 and no autoscaling." -}}
{{- end -}}
{{- if and (include "pitot.config.known" .) (not (contains "storage: file_storage" (include "pitot.config" .))) -}}
{{- fail "persistence.enabled keeps accumulated totals, but no prometheus exporter accumulates: set presets.airflow.enabled=true, or accumulation.enabled in config.exporters.prometheus." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The name of a monitored port must be in `ports`, or be a port of a sidecar (which only a PodMonitor finds). */}}
{{- define "pitot.guards.endpoints" -}}
{{- $names := keys (.Values.ports | default dict) -}}
{{- $sidecars := list -}}
{{- range .Values.extraContainers -}}{{- range .ports -}}{{- $sidecars = append $sidecars .name -}}{{- end -}}{{- end -}}
{{- range $monitor, $known := dict "serviceMonitor" $names "podMonitor" (concat $names $sidecars) -}}
{{- $settings := get $.Values $monitor | default dict -}}
{{- if $settings.enabled -}}
{{- range $settings.metricsEndpoints -}}
{{- if and .port (not (has .port $known)) -}}
{{- fail (printf "%s.metricsEndpoints: port %q is not defined in ports; use one of: %s" $monitor .port ($known | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "pitot.guards.health" -}}
{{- if and (include "pitot.config.known" .) (not .Values.alternateConfig) (not (include "pitot.config.health" .)) -}}
{{- fail "config.service.extensions has no health_check, which the probes of the pods need; add it to your list." -}}
{{- end -}}
{{- end -}}
