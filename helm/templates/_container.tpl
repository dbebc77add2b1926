{{- define "pitot.container" -}}
name: {{ lower .Chart.Name }}
{{- with include "pitot.command" . }}
command:
  - {{ . }}
{{- end }}
args:
  {{- if include "pitot.mountsConfig" . }}
  - --config=/conf/relay.yaml
  {{- end }}
  {{- range .Values.command.extraArgs }}
  - {{ tpl . $ | quote }}
  {{- end }}
securityContext:
  {{- include "pitot.securityContext" . | nindent 2 }}
image: {{ include "pitot.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with include "pitot.containerPorts" . }}
{{ . }}
{{- end }}
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
{{- with include "pitot.probes" . }}
{{ . }}
{{- end }}
{{- with .Values.resizePolicy }}
resizePolicy:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "pitot.volumeMounts" . }}
volumeMounts:
  {{- . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The security context. An identity that the user gives the whole pod takes precedence over the default one of the container. */}}
{{- define "pitot.securityContext" -}}
{{- $context := deepCopy (.Values.securityContext | default dict) -}}
{{- range $key, $default := dict "runAsNonRoot" true "runAsUser" 10001 "runAsGroup" 10001 -}}
{{- if and (hasKey ($.Values.podSecurityContext | default dict) $key) (eq (toString (get $context $key)) (toString $default)) -}}{{- $_ := unset $context $key -}}{{- end -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{/* The probes. The startup probe asks where the liveness probe does. An alternate configuration without the health extension has none. */}}
{{- define "pitot.probes" -}}
{{- $startup := deepCopy (.Values.startupProbe | default dict) -}}
{{- if and $startup (not (or $startup.httpGet $startup.exec $startup.tcpSocket $startup.grpc)) -}}
{{- $asked := pick (.Values.livenessProbe | default dict) "httpGet" "exec" "tcpSocket" "grpc" -}}
{{- $startup = ternary (merge $startup $asked) dict (not (empty $asked)) -}}
{{- end -}}
{{- $probes := dict -}}
{{- range $name, $probe := dict "livenessProbe" .Values.livenessProbe "readinessProbe" .Values.readinessProbe "startupProbe" $startup -}}
{{- with $probe -}}{{- $_ := set $probes $name . -}}{{- end -}}
{{- end -}}
{{- if not (and .Values.alternateConfig (include "pitot.config.known" .) (not (include "pitot.config.health" .))) -}}
{{- with $probes -}}{{- toYaml . -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Mounts of the container. A mount of the user's takes precedence over the chart's with the same path. */}}
{{- define "pitot.volumeMounts" -}}
{{- $mounts := tpl (toYaml (.Values.extraVolumeMounts | default list)) . | fromYamlArray -}}
{{- $paths := list -}}
{{- range $mounts -}}{{- $paths = append $paths (trimSuffix "/" .mountPath) -}}{{- end -}}
{{- $all := list (dict "name" "tmp" "mountPath" "/tmp") -}}
{{- if include "pitot.mountsConfig" . -}}{{- $all = append $all (dict "name" (printf "%s-configmap" (lower .Chart.Name)) "mountPath" "/conf") -}}{{- end -}}
{{- if .Values.persistence.enabled -}}{{- $all = append $all (dict "name" "state" "mountPath" .Values.persistence.mountPath) -}}{{- end -}}
{{- $own := list -}}
{{- range $all -}}{{- if not (has .mountPath $paths) -}}{{- $own = append $own . -}}{{- end -}}{{- end -}}
{{- with concat $own $mounts -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* The upstream chart's variables, the memory hints, and the user's variables, which take precedence. */}}
{{- define "pitot.env" -}}
{{- $given := list }}
{{- range .Values.extraEnvs }}{{ $given = append $given .name }}{{ end }}
{{- $fields := dict "MY_POD_IP" "status.podIP" "OTEL_K8S_NODE_NAME" "spec.nodeName" "OTEL_K8S_NODE_IP" "status.hostIP" "OTEL_K8S_NAMESPACE" "metadata.namespace" "OTEL_K8S_POD_NAME" "metadata.name" "OTEL_K8S_POD_IP" "status.podIP" }}
{{- if and (.Values.presets.kubernetesAttributes | default dict).enabled (eq (include "pitot.mode" .) "daemonset") }}
{{- $fields = merge $fields (dict "K8S_NODE_NAME" "spec.nodeName" "K8S_NODE_IP" "status.hostIP") }}
{{- end }}
{{- $env := list }}
{{- range $name, $path := $fields }}
{{- $env = append $env (dict "name" $name "valueFrom" (dict "fieldRef" (dict "apiVersion" "v1" "fieldPath" $path))) }}
{{- end }}
{{- $limit := dig "limits" "memory" "" (.Values.resources | default dict) }}
{{- if and .Values.useGOMEMLIMIT $limit }}
{{- $env = append $env (dict "name" "GOMEMLIMIT" "value" (printf "%sMiB" (include "pitot.shareOfLimit" (dict "limit" $limit "share" 0.8)))) }}
{{- $env = append $env (dict "name" "NODE_OPTIONS" "value" (printf "--max-old-space-size=%s --max-semi-space-size=16" (include "pitot.shareOfLimit" (dict "limit" $limit "share" 0.6)))) }}
{{- end }}
{{- $own := list }}
{{- range $env }}{{ if not (has .name $given) }}{{ $own = append $own . }}{{ end }}{{ end }}
{{- toYaml (concat $own (.Values.extraEnvs | default list)) }}
{{- end -}}
