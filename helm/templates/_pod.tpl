{{/* Metadata and spec of the pods, the same for the three kinds of workload. */}}
{{- define "pitot.podTemplate" -}}
metadata:
  {{- $annotations := include "pitot.strings" (list . .Values.podAnnotations) | fromYaml }}
  {{- if .Values.enableConfigChecksumAnnotation }}
  {{- $config := ternary "" (include "pitot.config" .) (not (empty .Values.configMap.existingPath)) }}
  {{- with .Values.configMap.existingPath }}{{ $config = include (print $.Template.BasePath "/" .) $ }}{{ end }}
  {{- $annotations = merge $annotations (dict "checksum/config" (sha256sum $config)) }}
  {{- end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  labels:
    {{- /* The selector needs its labels as they are. */}}
    {{- merge (include "pitot.selectorLabels" . | fromYaml) (include "pitot.strings" (list . .Values.podLabels) | fromYaml) | toYaml | nindent 4 }}
spec:
  {{- include "pitot.podSpec" . | nindent 2 }}
{{- end -}}

{{- define "pitot.podSpec" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
serviceAccountName: {{ include "pitot.serviceAccountName" . | toYaml }}
automountServiceAccountToken: {{ or (eq .Values.serviceAccount.automountServiceAccountToken true) (include "pitot.needsApi" . | empty | not) }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.shareProcessNamespace }}
shareProcessNamespace: true
{{- end }}
hostNetwork: {{ .Values.hostNetwork }}
hostPID: {{ .Values.hostPID }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
containers:
  - {{- include "pitot.container" . | nindent 4 }}
  {{- with .Values.extraContainers }}
  {{- tpl (toYaml .) $ | nindent 2 }}
  {{- end }}
{{- with .Values.initContainers }}
initContainers:
  {{- tpl (toYaml .) $ | nindent 2 }}
{{- end }}
volumes:
  {{- include "pitot.volumes" . | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml .Values.topologySpreadConstraints | nindent 2 }}
{{- else if and (ne (include "pitot.mode" .) "daemonset") (gt (include "pitot.maxReplicas" . | int) 1) }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "pitot.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* "true" when a configuration file is mounted. */}}
{{- define "pitot.mountsConfig" -}}
{{- if or .Values.configMap.create .Values.configMap.existingName -}}true{{- end -}}
{{- end -}}

{{/* Volumes of the pod. A volume of the user's takes precedence over the chart's with the same name. */}}
{{- define "pitot.volumes" -}}
{{- $volumes := tpl (toYaml (.Values.extraVolumes | default list)) . | fromYamlArray -}}
{{- $names := list -}}
{{- range $volumes -}}{{- $names = append $names .name -}}{{- end -}}
{{- $all := list (dict "name" "tmp" "emptyDir" (dict "sizeLimit" .Values.tmpSizeLimit)) -}}
{{- if include "pitot.mountsConfig" . -}}
{{- $source := dict "name" (include "pitot.configMapName" .) "items" (list (dict "key" "relay" "path" "relay.yaml")) -}}
{{- $all = append $all (dict "name" (printf "%s-configmap" (lower .Chart.Name)) "configMap" $source) -}}
{{- end -}}
{{- if and .Values.persistence.enabled .Values.persistence.existingClaim -}}
{{- $all = append $all (dict "name" "state" "persistentVolumeClaim" (dict "claimName" (tpl .Values.persistence.existingClaim .))) -}}
{{- end -}}
{{- $own := list -}}
{{- range $all -}}{{- if not (has .name $names) -}}{{- $own = append $own . -}}{{- end -}}{{- end -}}
{{- toYaml (concat $own $volumes) -}}
{{- end -}}
