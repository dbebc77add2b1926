{{/*
A text in which each variable has its value, as far as the values say it: a `value` of extraEnvs, otherwise the default in `${env:NAME:-default}`.
Other variables stay. Takes a list: root, text.
*/}}
{{- define "pitot.addresses.resolved" -}}
{{- $root := index . 0 -}}{{- $text := index . 1 -}}
{{- $known := dict -}}
{{- range $root.Values.extraEnvs -}}{{- $_ := set $known .name (.value | default "" | toString) -}}{{- end -}}
{{- range regexFindAll "\\$\\{(env:)?[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}" $text -1 | uniq -}}
{{- $name := regexReplaceAll "^\\$\\{(env:)?([A-Za-z0-9_]*).*$" . "${2}" -}}
{{- $default := regexReplaceAll "^[^}]*?(:-([^}]*))?\\}$" . "${2}" -}}
{{- $value := ternary (get $known $name) $default (hasKey $known $name) -}}
{{- /* Any other character can mean something else in YAML. */ -}}
{{- if regexMatch "^[][A-Za-z0-9._:/-]+$" $value -}}{{- $text = replace . $value $text -}}{{- end -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* The configuration as a reader of its addresses needs it, as YAML text: its variables have their values if the chart knows them. */}}
{{- define "pitot.addresses.config" -}}
{{- include "pitot.addresses.resolved" (list . (include "pitot.config" .)) -}}
{{- end -}}

{{/* Port of an endpoint; 0 if it has none that the chart can read, such as `0.0.0.0:${env:PORT}`. */}}
{{- define "pitot.addresses.port" -}}
{{- regexFind ":[0-9]+$" (toString .) | trimPrefix ":" | int -}}
{{- end -}}

{{/* "true" if only the pod itself reaches an endpoint. */}}
{{- define "pitot.addresses.local" -}}
{{- if regexMatch "^(localhost|127\\.[0-9.]+|\\[?::1\\]?)(:|$)" (toString .) -}}true{{- end -}}
{{- end -}}

{{/* TCP ports of the containers beside pitot's (extraContainers, and init containers that continue to run), as a JSON list of maps: name, port. */}}
{{- define "pitot.addresses.sidecars" -}}
{{- $containers := tpl (toYaml (.Values.extraContainers | default list)) . | fromYamlArray -}}
{{- range tpl (toYaml (.Values.initContainers | default list)) . | fromYamlArray -}}
{{- if eq (.restartPolicy | default "") "Always" -}}{{- $containers = append $containers . -}}{{- end -}}
{{- end -}}
{{- $ports := list -}}
{{- range $containers -}}
{{- range .ports -}}
{{- if eq (.protocol | default "TCP") "TCP" -}}{{- $ports = append $ports (dict "name" (.name | default "") "port" (int .containerPort)) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $ports -}}
{{- end -}}

{{/*
"true" if something in the pod listens on a port: a component in the text of a configuration, or a sidecar. Takes a dict: root, config (text), port.
*/}}
{{- define "pitot.addresses.taken" -}}
{{- $port := int .port -}}
{{- $listens := printf "(?m)((^|[ _])port: ['\"]?%d['\"]?|(endpoint|address): ['\"]?(0\\.0\\.0\\.0|\\[::1?\\]|localhost|127\\.[0-9.]+|\\$\\{[^}]*\\})?:%d['\"]?)$" $port $port -}}
{{- $taken := regexMatch $listens (include "pitot.addresses.resolved" (list .root .config)) -}}
{{- range include "pitot.addresses.sidecars" .root | fromJsonArray -}}{{- if eq $port (int .port) -}}{{- $taken = true -}}{{- end -}}{{- end -}}
{{- if $taken -}}true{{- end -}}
{{- end -}}

{{/*
Endpoints at which pitot exposes its own metrics to Prometheus, as a JSON list. Without readers that is `localhost:8888`, as in the Collector.
*/}}
{{- define "pitot.addresses.own" -}}
{{- $service := (include "pitot.addresses.config" . | fromYaml).service | default dict -}}
{{- $metrics := ($service.telemetry | default dict).metrics | default dict -}}
{{- $endpoints := list -}}
{{- if ne ($metrics.level | default "" | toString | lower) "none" -}}
{{- if hasKey $metrics "readers" -}}
{{- range $metrics.readers -}}
{{- $pull := (. | default dict).pull | default dict -}}
{{- with ($pull.exporter | default dict).prometheus -}}{{- $endpoints = append $endpoints (printf "%v:%v" (.host | default "localhost") (.port | default 8888)) -}}{{- end -}}
{{- end -}}
{{- else -}}
{{- $endpoints = append $endpoints ($metrics.address | default "localhost:8888") -}}
{{- end -}}
{{- end -}}
{{- toJson $endpoints -}}
{{- end -}}

{{/* Endpoints of the prometheus exporters of pipelines, as a JSON list. */}}
{{- define "pitot.addresses.exporters" -}}
{{- $config := include "pitot.addresses.config" . | fromYaml -}}
{{- $endpoints := list -}}
{{- range $pipeline := ($config.service | default dict).pipelines -}}
{{- range ($pipeline | default dict).exporters -}}
{{- if eq (first (splitList "/" .)) "prometheus" -}}
{{- $endpoints = append $endpoints ((get ($config.exporters | default dict) . | default dict).endpoint | default "localhost:8889") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $endpoints -}}
{{- end -}}

{{/*
"true" if Prometheus can reach one of these endpoints at a port. An endpoint whose port is unknown can have any. Takes a dict: endpoints, port.
*/}}
{{- define "pitot.addresses.reach" -}}
{{- $port := .port -}}{{- $found := false -}}
{{- range .endpoints -}}
{{- if and (not (include "pitot.addresses.local" .)) (has (include "pitot.addresses.port" . | int) (list 0 $port)) -}}{{- $found = true -}}{{- end -}}
{{- end -}}
{{- if $found -}}true{{- end -}}
{{- end -}}
