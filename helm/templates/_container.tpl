{{- define "pitot.container" -}}
name: {{ lower .Chart.Name }}
command:
  - {{ include "pitot.command" . }}
args:
  {{- if include "pitot.mountsConfig" . }}
  - --config=/conf/relay.yaml
  {{- end }}
  {{- range .Values.command.extraArgs }}
  - {{ tpl . $ | quote }}
  {{- end }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
image: {{ include "pitot.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- include "pitot.containerPorts" . }}
env:
  {{- include "pitot.env" . | nindent 2 }}
{{- with .Values.extraEnvsFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.lifecycleHooks }}
lifecycle:
  {{- toYaml .Values.lifecycleHooks | nindent 2 }}
{{- else if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }}
lifecycle:
  preStop:
    sleep:
      seconds: 5
{{- end }}
{{- range $probe := list "livenessProbe" "readinessProbe" "startupProbe" }}
{{- with get $.Values $probe }}
{{ $probe }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.resizePolicy }}
resizePolicy:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if include "pitot.mountsConfig" . }}
  - name: {{ lower .Chart.Name }}-configmap
    mountPath: /conf
  {{- end }}
  {{- if .Values.persistence.enabled }}
  - name: state
    mountPath: {{ .Values.persistence.mountPath }}
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- tpl (toYaml .) $ | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "pitot.containerPorts" -}}
{{- $ports := list -}}
{{- range $name, $port := .Values.ports -}}
{{- if and $port $port.enabled -}}
{{- $entry := dict "name" $name "containerPort" (int $port.containerPort) "protocol" ($port.protocol | default "TCP") -}}
{{- if and (eq (include "pitot.mode" $) "daemonset") $port.hostPort -}}{{- $_ := set $entry "hostPort" (int $port.hostPort) -}}{{- end -}}
{{- $ports = append $ports $entry -}}
{{- end -}}
{{- end -}}
{{- with $ports }}
ports:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The upstream chart's variables, the memory hints, and the user's. A heap setting of the user's is the only one. */}}
{{- define "pitot.env" -}}
{{- range $name, $path := dict "MY_POD_IP" "status.podIP" "OTEL_K8S_NODE_NAME" "spec.nodeName" "OTEL_K8S_NODE_IP" "status.hostIP" "OTEL_K8S_NAMESPACE" "metadata.namespace" "OTEL_K8S_POD_NAME" "metadata.name" "OTEL_K8S_POD_IP" "status.podIP" }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      apiVersion: v1
      fieldPath: {{ $path }}
{{- end }}
{{- $limit := dig "limits" "memory" "" (.Values.resources | default dict) }}
{{- $given := list }}
{{- range .Values.extraEnvs }}{{ $given = append $given .name }}{{ end }}
{{- if and .Values.useGOMEMLIMIT $limit }}
{{- if not (has "GOMEMLIMIT" $given) }}
- name: GOMEMLIMIT
  value: {{ include "pitot.shareOfLimit" (dict "limit" $limit "share" 0.8) }}MiB
{{- end }}
{{- if not (has "NODE_OPTIONS" $given) }}
- name: NODE_OPTIONS
  value: --max-old-space-size={{ include "pitot.shareOfLimit" (dict "limit" $limit "share" 0.6) }} --max-semi-space-size=16
{{- end }}
{{- end }}
{{- with .Values.extraEnvs }}
{{ toYaml . }}
{{- end }}
{{- end -}}
