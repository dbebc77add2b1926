{{/* Endpoints of a monitor: those whose port is enabled. Takes a dict: root, endpoints, common (a map put under each endpoint). */}}
{{- define "pitot.monitorEndpoints" -}}
{{- $endpoints := list -}}
{{- range .endpoints -}}
{{- $port := get $.root.Values.ports (.port | default "") -}}
{{- if or (not .port) (and $port $port.enabled) -}}
{{- $endpoints = append $endpoints (merge (dict) . $.common) -}}
{{- end -}}
{{- end -}}
{{- toYaml $endpoints -}}
{{- end -}}
