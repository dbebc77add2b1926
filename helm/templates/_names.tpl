{{/* Chart name, as in labels: the upstream chart's rule. */}}
{{- define "pitot.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Object name: the release's name where it contains the chart's, else both joined. The upstream chart's rule. */}}
{{- define "pitot.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pitot.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* Workload kind in lower case; the upstream chart has no default here. */}}
{{- define "pitot.mode" -}}
{{- default "deployment" .Values.mode -}}
{{- end -}}

{{- define "pitot.component" -}}
{{- get (dict "deployment" "standalone-collector" "daemonset" "agent-collector" "statefulset" "statefulset-collector") (include "pitot.mode" .) -}}
{{- end -}}

{{- define "pitot.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pitot.name" . | toYaml }}
app.kubernetes.io/instance: {{ .Release.Name | toYaml }}
component: {{ include "pitot.component" . }}
{{- end -}}

{{/* Labels of every object. The user's take precedence over the chart's, except for those that selectors use. */}}
{{- define "pitot.labels" -}}
{{- $labels := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/name" (include "pitot.name" .)
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/managed-by" .Release.Service
  "app.kubernetes.io/part-of" "opentelemetry-collector"
  "app.kubernetes.io/component" (include "pitot.component" .)
-}}
{{- merge (pick $labels "app.kubernetes.io/name" "app.kubernetes.io/instance") (include "pitot.strings" (list . .Values.additionalLabels) | fromYaml) $labels | toYaml -}}
{{- end -}}

{{/* A map with its templates expanded and its values as strings, as YAML. Takes a list: root, map. */}}
{{- define "pitot.strings" -}}
{{- $strings := dict -}}
{{- $root := index . 0 -}}
{{- range $key, $value := index . 1 -}}{{- $_ := set $strings (tpl $key $root) (tpl (toString $value) $root) -}}{{- end -}}
{{- toYaml $strings -}}
{{- end -}}

{{/* Name of an object with a suffix, at most 63 characters. Takes a list: root, suffix. */}}
{{- define "pitot.suffixedName" -}}
{{- $suffix := index . 1 -}}
{{- include "pitot.fullname" (index . 0) | trunc (sub 63 (len $suffix) | int) | trimSuffix "-" }}{{ $suffix -}}
{{- end -}}

{{/* Name of the workload: the upstream chart's rule. */}}
{{- define "pitot.workloadName" -}}
{{- include "pitot.suffixedName" (list . (ternary "-agent" "" (eq (include "pitot.mode" .) "daemonset"))) -}}
{{- end -}}

{{/* Metadata of an object of the release. Takes a dict: root, and optionally name or suffix, namespace, labels (a map), annotations (a map, templates expanded). */}}
{{- define "pitot.metadata" -}}
{{- $root := .root -}}
name: {{ .name | default (include "pitot.suffixedName" (list $root (.suffix | default ""))) | toYaml }}
namespace: {{ .namespace | default (include "pitot.namespace" $root) | toYaml }}
{{- $labels := include "pitot.labels" $root | fromYaml }}
labels:
  {{- merge (include "pitot.strings" (list $root .labels) | fromYaml) $labels | toYaml | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- include "pitot.strings" (list $root .) | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "pitot.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pitot.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "pitot.configMapSuffix" -}}
{{- get (dict "deployment" "" "daemonset" "-agent" "statefulset" "-statefulset") (include "pitot.mode" .) -}}
{{- end -}}

{{- define "pitot.configMapName" -}}
{{- if .Values.configMap.existingName -}}
{{- tpl .Values.configMap.existingName . -}}
{{- else -}}
{{- include "pitot.suffixedName" (list . (include "pitot.configMapSuffix" .)) -}}
{{- end -}}
{{- end -}}

{{/* "true" or "": the Service exists unless disabled or without ports. A DaemonSet has one only if it is enabled. */}}
{{- define "pitot.serviceEnabled" -}}
{{- $wanted := .Values.service.enabled -}}
{{- if kindIs "invalid" $wanted -}}{{- $wanted = ne (include "pitot.mode" .) "daemonset" -}}{{- end -}}
{{- if and (or $wanted .Values.ingress.enabled) (include "pitot.servicePorts" .) -}}true{{- end -}}
{{- end -}}

{{/* "true" if the Service is headless: its name leads to the pods, without a translation of port numbers. */}}
{{- define "pitot.headless" -}}
{{- if and (eq (.Values.service.clusterIP | default "") "None") (include "pitot.serviceEnabled" .) -}}true{{- end -}}
{{- end -}}

{{/* Most pods there can be. */}}
{{- define "pitot.maxReplicas" -}}
{{- if .Values.autoscaling.enabled -}}{{- .Values.autoscaling.maxReplicas | int -}}{{- else -}}{{- include "pitot.replicas" . -}}{{- end -}}
{{- end -}}

{{/* Number of pods without autoscaling. The pods of previous rings run as long as values list these rings: they keep what they have counted. */}}
{{- define "pitot.replicas" -}}
{{- $replicas := .Values.replicaCount | int -}}
{{- if .Values.sharding.enabled -}}
{{- range .Values.sharding.previous -}}{{- $replicas = max $replicas (int .replicaCount) -}}{{- end -}}
{{- end -}}
{{- $replicas -}}
{{- end -}}

{{/*
The Service that names the pods of a StatefulSet. Kubernetes does not allow a change of it, so a StatefulSet that the upstream chart has made keeps
its own.
*/}}
{{- define "pitot.governingService" -}}
{{- $existing := lookup "apps/v1" "StatefulSet" (include "pitot.namespace" .) (include "pitot.workloadName" .) -}}
{{- dig "spec" "serviceName" (include "pitot.suffixedName" (list . "-headless")) ($existing | default dict) -}}
{{- end -}}
