{{/*
The preset kubernetesAttributes, as upstream has it: adds the processor to every pipeline that does not name it. The user's own settings take
precedence. Takes a dict: root, config.
*/}}
{{- define "pitot.config.kubernetesAttributes" -}}
{{- $config := .config -}}
{{- $name := ternary "k8s_attributes" "k8sattributes" (eq .root.Values.rewriteDeprecatedComponentNames true) -}}
{{- $processors := $config.processors | default dict -}}
{{- $settings := include "pitot.kubernetesAttributes.settings" .root | fromYaml -}}
{{- $names := ternary (list "k8s_attributes" "k8sattributes") (list $name) (eq $name "k8s_attributes") -}}
{{- range $names -}}
{{- $settings = mustMergeOverwrite $settings (get $processors . | default dict) -}}{{- $_ := unset $processors . -}}
{{- end -}}
{{- $_ := set $processors $name $settings -}}
{{- $_ := set $config "processors" $processors -}}
{{- range $pipeline := dig "service" "pipelines" (dict) $config -}}
{{- if $pipeline -}}
{{- $kept := list -}}
{{- range $pipeline.processors -}}{{- $kept = append $kept (ternary $name . (has . $names)) -}}{{- end -}}
{{- if not (or (has "k8sattributes" $kept) (has "k8s_attributes" $kept)) -}}{{- $kept = prepend $kept $name -}}{{- end -}}
{{- $_ := set $pipeline "processors" ($kept | uniq) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "pitot.kubernetesAttributes.settings" -}}
{{- $preset := .Values.presets.kubernetesAttributes -}}
passthrough: false
{{- if eq (include "pitot.mode" .) "daemonset" }}
filter: {node_from_env_var: K8S_NODE_NAME}
{{- end }}
pod_association:
  - sources: [{from: resource_attribute, name: k8s.pod.ip}]
  - sources: [{from: resource_attribute, name: k8s.pod.uid}]
  - sources: [{from: connection}]
extract:
  otel_annotations: true
  metadata:
    - k8s.namespace.name
    - k8s.pod.name
    - k8s.pod.uid
    - k8s.node.name
    - k8s.pod.start_time
    - k8s.deployment.name
    - k8s.replicaset.name
    - k8s.replicaset.uid
    - k8s.daemonset.name
    - k8s.daemonset.uid
    - k8s.job.name
    - k8s.job.uid
    - k8s.container.name
    - k8s.cronjob.name
    - k8s.statefulset.name
    - k8s.statefulset.uid
    - container.image.tag
    - container.image.name
    - k8s.cluster.uid
    - service.namespace
    - service.name
    - service.version
    - service.instance.id
  {{- range $kind, $wanted := dict "labels" $preset.extractAllPodLabels "annotations" $preset.extractAllPodAnnotations }}
  {{- if $wanted }}
  {{ $kind }}: [{tag_name: $$1, key_regex: (.*), from: pod}]
  {{- end }}
  {{- end }}
{{- end -}}

{{/*
"true" if a container of the pod may need the API server or the files of the token: the processor, a path in the configuration, a ClusterRole of the
user's, a sidecar, or a configuration that the chart cannot read.
*/}}
{{- define "pitot.needsApi" -}}
{{- $config := .Values.alternateConfig | default .Values.config | default dict -}}
{{- $named := regexMatch "(^| )k8s_?attributes(/[^ ]*)?( |$)" (keys ($config.processors | default dict) | join " ") -}}
{{- $files := contains "/run/secrets/kubernetes.io/serviceaccount" (print (include "pitot.config" .) (toYaml .Values.extraEnvs)) -}}
{{- $unknown := or (not (include "pitot.config.known" .)) (regexMatch "(^| )--?config\\b" (join " " .Values.command.extraArgs)) -}}
{{- if or .Values.clusterRole.create (.Values.presets.kubernetesAttributes | default dict).enabled $named $files $unknown .Values.extraContainers .Values.initContainers -}}true{{- end -}}
{{- end -}}

{{/* Rules of the ClusterRole that the preset needs, as upstream has them. */}}
{{- define "pitot.kubernetesAttributes.rules" -}}
- apiGroups: [""]
  resources: [pods, namespaces]
  verbs: [get, watch, list]
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [get, list, watch]
- apiGroups: [extensions]
  resources: [replicasets]
  verbs: [get, list, watch]
{{- end -}}
