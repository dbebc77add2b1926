{{/*
Endpoints of a monitor, as a YAML list; empty if none is left. Takes a dict: root, endpoints, within ("inService" or "inPod": where the names of the
ports are looked up), common (a map put under each endpoint). A disabled port has no endpoint. An unknown one is a sidecar's.
*/}}
{{- define "pitot.monitorEndpoints" -}}
{{- $names := dict -}}
{{- range $name, $_ := .root.Values.ports -}}{{- $_ := set $names $name "" -}}{{- end -}}
{{- $within := .within -}}
{{- range include "pitot.ports" .root | fromJsonArray -}}{{- $_ := set $names .name (get . $within) -}}{{- end -}}
{{- $endpoints := list -}}
{{- range .endpoints -}}
{{- if not (hasKey $names (.port | default "")) -}}
{{- $endpoints = append $endpoints (merge (dict) . $.common) -}}
{{- else if get $names .port -}}
{{- $endpoints = append $endpoints (merge (dict "port" (get $names .port)) . $.common) -}}
{{- end -}}
{{- end -}}
{{- with $endpoints | uniq -}}{{- toYaml . -}}{{- end -}}
{{- end -}}
