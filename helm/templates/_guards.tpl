{{/* Stops rendering if the values would install something other than what they ask for, and says what to do instead. */}}
{{- define "pitot.guards" -}}
{{- include "pitot.guards.image" . -}}
{{- include "pitot.guards.contradictions" . -}}
{{- $_ := include "pitot.ports" . -}}
{{- include "pitot.guards.presets" . -}}
{{- include "pitot.guards.sharding" . -}}
{{- include "pitot.guards.scaling" . -}}
{{- include "pitot.guards.persistence" . -}}
{{- include "pitot.guards.endpoints" . -}}
{{- include "pitot.guards.health" . -}}
{{- include "pitot.guards.console" . -}}
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

{{/* Values that contradict each other: the upstream chart or the API server refuses most of them, some later and with less to go by. */}}
{{- define "pitot.guards.contradictions" -}}
{{- if .Values.configMap.create -}}
{{- range list "existingName" "existingPath" -}}
{{- if get $.Values.configMap . -}}{{- fail (printf "configMap.%s needs configMap.create=false: with both, it is not clear which configuration runs. Set configMap.create=false, or remove configMap.%s." . .) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $signal := list "metrics" "traces" "logs" -}}
{{- $via := $.Values.internalTelemetryViaOTLP -}}{{- $own := get $via $signal | default dict -}}
{{- if and $own.enabled (not (or $via.endpoint $own.endpoint)) -}}
{{- fail (printf "internalTelemetryViaOTLP.%s.enabled needs a destination: set internalTelemetryViaOTLP.endpoint or internalTelemetryViaOTLP.%s.endpoint, for example http://collector:4318." $signal $signal) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.dnsPolicy "None") (not (.Values.dnsConfig | default dict).nameservers) -}}
{{- fail "dnsPolicy: None needs name servers: set dnsConfig.nameservers, or remove dnsPolicy." -}}
{{- end -}}
{{- $mode := include "pitot.mode" . -}}
{{- if not (has .Values.rollout.strategy (ternary (list "RollingUpdate" "Recreate") (list "RollingUpdate" "OnDelete") (eq $mode "deployment"))) -}}
{{- fail (printf "rollout.strategy: Kubernetes does not have %s for mode=%s; use RollingUpdate or %s." .Values.rollout.strategy $mode (ternary "Recreate" "OnDelete" (eq $mode "deployment"))) -}}
{{- end -}}
{{- if and .Values.podDisruptionBudget.enabled (not (kindIs "invalid" .Values.podDisruptionBudget.minAvailable)) (not (kindIs "invalid" .Values.podDisruptionBudget.maxUnavailable)) -}}
{{- fail "podDisruptionBudget: Kubernetes refuses minAvailable together with maxUnavailable; remove one of them." -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling: minReplicas (%d) is above maxReplicas (%d)." (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq (.Values.service.clusterIP | default "") "None") (has .Values.service.type (list "NodePort" "LoadBalancer")) -}}
{{- fail (printf "service.type: %s needs an address, but service.clusterIP is None; remove one of them." .Values.service.type) -}}
{{- end -}}
{{- end -}}

{{/* The name of a monitored port must be in `ports`, or be a port of a sidecar (which only a PodMonitor finds). */}}
{{- define "pitot.guards.endpoints" -}}
{{- $names := keys (.Values.ports | default dict) -}}
{{- $sidecars := list -}}
{{- range include "pitot.addresses.sidecars" . | fromJsonArray -}}{{- $sidecars = append $sidecars .name -}}{{- end -}}
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

{{/* The console is the user's wish, so it does not make way by itself. */}}
{{- define "pitot.guards.console" -}}
{{- if and .Values.console.enabled (include "pitot.config.known" .) -}}
{{- $port := include "pitot.console.port" . | int -}}
{{- $config := include "pitot.config" . | fromYaml -}}
{{- $_ := unset $config.extensions "console" -}}
{{- if include "pitot.addresses.taken" (dict "root" . "config" (toYaml $config) "port" $port) -}}
{{- fail (printf "console.port: something else in the pod listens on %d, which is in your configuration or in the ports of a sidecar; set console.port to another number." $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
