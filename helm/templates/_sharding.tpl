{{/* Endpoints of the owners of a number of pods, as a JSON list: the names that the headless Service gives them. Takes a list: root, number. */}}
{{- define "pitot.sharding.hostnames" -}}
{{- $root := index . 0 -}}
{{- $hostnames := list -}}
{{- range $pod := until (index . 1 | int) -}}
{{- $hostnames = append $hostnames (include "pitot.sharding.hostname" (list $root (printf "%s-%d" (include "pitot.workloadName" $root) $pod))) -}}
{{- end -}}
{{- toJson $hostnames -}}
{{- end -}}

{{/* Endpoint of the owner in one pod. Takes a list: root, name of the pod. */}}
{{- define "pitot.sharding.hostname" -}}
{{- $root := index . 0 -}}
{{- printf "%s.%s.%s.svc:%d" (index . 1) (include "pitot.governingService" $root) (include "pitot.namespace" $root) (int $root.Values.sharding.port) -}}
{{- end -}}

{{/*
Makes each pod a router and an owner: pipelines that end in an accumulating prometheus exporter end in `load_balancing` instead, and the pipeline
`metrics/owner` brings what the routers send to these exporters. Takes a dict: root, config.
*/}}
{{- define "pitot.config.sharding" -}}
{{- $root := .root -}}{{- $config := .config -}}
{{- $hostnames := include "pitot.sharding.hostnames" (list $root $root.Values.replicaCount) | fromJsonArray -}}
{{- $previous := list -}}
{{- range $root.Values.sharding.previous -}}
{{- $previous = append $previous (dict "hostnames" (include "pitot.sharding.hostnames" (list $root .replicaCount) | fromJsonArray) "until" .until) -}}
{{- end -}}
{{- $ring := dict "self" (include "pitot.sharding.hostname" (list $root "${env:OTEL_K8S_POD_NAME}")) "hostnames" $hostnames "previous" $previous -}}
{{- $owners := list -}}{{- $series := dict -}}
{{- range $id, $exporter := $config.exporters -}}
{{- if and $exporter (eq (first (splitList "/" $id)) "prometheus") (dig "accumulation" "enabled" false $exporter) -}}
{{- $owners = append $owners $id -}}
{{- $_ := set $exporter "accumulation" (merge (dict "ring" $ring) $exporter.accumulation) -}}
{{- with $exporter.accumulation.process_attributes -}}{{- $_ := set $series "process_attributes" . -}}{{- end -}}
{{- with $exporter.translation_strategy -}}{{- $_ := set $series "translation_strategy" . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- /* A queue for each owner, on the volume: what an owner misses while it is away waits there, and clients are answered. */ -}}
{{- $otlp := dict "tls" (dict "insecure" true) "sending_queue" (dict "storage" "file_storage" "sizer" "items" "queue_size" 1000000) "retry_on_failure" (dict "initial_interval" "250ms" "max_interval" "2s" "max_elapsed_time" "0s") -}}
{{- $router := dict "routing_key" "series" "series" $series "protocol" (dict "otlp" $otlp) "resolver" (dict "static" (dict "hostnames" $hostnames "previous" $previous)) -}}
{{- $_ := set $config.exporters "load_balancing/owners" (mergeOverwrite $router (get $config.exporters "load_balancing/owners" | default dict)) -}}
{{- $receiver := dict "protocols" (dict "grpc" (dict "endpoint" (printf "${env:MY_POD_IP}:%d" (int $root.Values.sharding.port)) "max_recv_msg_size_mib" 64)) -}}
{{- $_ := set $config "receivers" (merge (dict "otlp/owner" $receiver) ($config.receivers | default dict)) -}}
{{- $served := list -}}
{{- range $name, $pipeline := $config.service.pipelines -}}
{{- if $pipeline -}}
{{- $kept := list -}}{{- $own := list -}}
{{- range $pipeline.exporters -}}
{{- if has . $owners -}}{{- $own = append $own . -}}{{- else -}}{{- $kept = append $kept . -}}{{- end -}}
{{- if and (eq (first (splitList "/" .)) "prometheus") (not (has . $owners)) (not $root.Values.scaling.acceptSplitSeries) -}}
{{- fail (printf "sharding.enabled: %s does not accumulate, so each pod would serve only what happened to reach it. Set accumulation.enabled=true in config.exporters.%s, remove it from the pipeline %s, or accept the split with scaling.acceptSplitSeries=true." . . $name) -}}
{{- end -}}
{{- end -}}
{{- $own = $own | uniq | sortAlpha -}}
{{- if and $own $served (ne (toJson $own) (toJson $served)) -}}
{{- fail (printf "sharding.enabled: the pipelines end in different accumulating exporters (%s; %s in %s), but owners serve what they receive with all of them. Use the same exporters in each of these pipelines." (join ", " $served) (join ", " $own) $name) -}}
{{- end -}}
{{- with $own -}}{{- $served = . -}}{{- end -}}
{{- if $own -}}{{- $_ := set $pipeline "exporters" (append $kept "load_balancing/owners") -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $limiter := ternary (list "memory_limiter") list (hasKey ($config.processors | default dict) "memory_limiter") -}}
{{- $_ := set $config.service.pipelines "metrics/owner" (dict "receivers" (list "otlp/owner") "processors" $limiter "exporters" $served) -}}
{{- end -}}

{{- define "pitot.guards.sharding" -}}
{{- if .Values.sharding.enabled -}}
{{- if ne (include "pitot.mode" .) "statefulset" -}}
{{- fail "sharding.enabled needs mode=statefulset, because each pod keeps its share of the series under its own name." -}}
{{- end -}}
{{- if not .Values.persistence.enabled -}}
{{- fail "sharding.enabled needs persistence.enabled=true: a pod that restarts must find the totals of its share." -}}
{{- end -}}
{{- if .Values.autoscaling.enabled -}}
{{- fail "sharding.enabled and autoscaling.enabled exclude each other: a change of the number of pods moves series. Set replicaCount, and sharding.previous when you change it." -}}
{{- end -}}
{{- range .Values.sharding.previous -}}
{{- if not (and .replicaCount .until) -}}
{{- fail "sharding.previous: each entry needs replicaCount and until, for example {replicaCount: 3, until: \"2026-11-28T12:00:00Z\"}." -}}
{{- end -}}
{{- end -}}
{{- include "pitot.guards.ring" . -}}
{{- if and (include "pitot.config.known" .) (not (contains "ring:" (include "pitot.config" .))) -}}
{{- fail "sharding.enabled shares accumulated series, but no prometheus exporter accumulates: set presets.airflow.enabled=true, or accumulation.enabled in config.exporters.prometheus." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Helm knows the installed StatefulSet during an upgrade, so that a change of the ring without its time is refused. */}}
{{- define "pitot.guards.ring" -}}
{{- $installed := lookup "apps/v1" "StatefulSet" (include "pitot.namespace" .) (include "pitot.workloadName" .) -}}
{{- $ring := dig "metadata" "annotations" "pitot.dev/ring" "" ($installed | default dict) -}}
{{- if and $ring (ne (int $ring) (int .Values.replicaCount)) -}}
{{- $now := now -}}{{- $isListed := false -}}
{{- range .Values.sharding.previous -}}
{{- if and (eq (int .replicaCount) (int $ring)) (gt (toDate "2006-01-02T15:04:05Z07:00" .until | unixEpoch | int64) ($now | unixEpoch | int64)) -}}{{- $isListed = true -}}{{- end -}}
{{- end -}}
{{- if not $isListed -}}
{{- $until := dateInZone "2006-01-02T15:04:05Z" ($now | dateModify "+10m") "UTC" -}}
{{- fail (printf "replicaCount: %s pods share the series now, and %d will. State when: add {replicaCount: %s, until: %q} to sharding.previous, with a time at which all pods will have restarted. See docs/scale.md, section \"Change the number of pods\"." $ring (int .Values.replicaCount) $ring $until) -}}
{{- end -}}
{{- end -}}
{{- end -}}
