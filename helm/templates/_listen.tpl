{{/*
Where the metrics pipelines listen, read from the configuration, as a JSON map: `http` and `grpc` (the first OTLP receiver with that protocol), `prometheus`
(the first prometheus exporter). If a pipeline leads from OTLP to Prometheus, only such pipelines count. A listener is a map; it is absent if no pipeline has one: port (0: unknown), servicePort (0: other pods cannot connect),
endpoint, scheme, path, auth, and who can connect: everybody, `podIp` (not kubectl port-forward), `local` (only the pod itself). `assumed` is the entry of
`ports` whose number is used because the endpoint has a variable instead of one.
*/}}
{{- define "pitot.listen" -}}
{{- /* If a ConfigMap of the user's runs, the chart cannot read it and assumes its own. */ -}}
{{- $config := include "pitot.addresses.config" . | fromYaml -}}
{{- $found := dict -}}
{{- $all := list -}}{{- $complete := list -}}
{{- range $name, $pipeline := ($config.service | default dict).pipelines -}}
{{- if and $pipeline (eq (first (splitList "/" $name)) "metrics") -}}
{{- $all = append $all $pipeline -}}
{{- if and (regexMatch "(^| )otlp(/| |$)" (join " " $pipeline.receivers)) (regexMatch "(^| )prometheus(/| |$)" (join " " $pipeline.exporters)) -}}{{- $complete = append $complete $pipeline -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $pipeline := $complete | default $all -}}
{{- range $pipeline.receivers -}}
{{- if eq (first (splitList "/" .)) "otlp" -}}
{{- $receiver := get ($config.receivers | default dict) . | default dict -}}
{{- range $protocol, $port := dict "http" 4318 "grpc" 4317 -}}
{{- if and (hasKey ($receiver.protocols | default dict) $protocol) (not (hasKey $found $protocol)) -}}
{{- $server := get $receiver.protocols $protocol | default dict -}}
{{- $_ := set $found $protocol (include "pitot.listen.at" (dict "root" $ "server" $server "default" (printf "localhost:%v" $port) "entry" (get (dict "http" "otlp-http" "grpc" "otlp") $protocol)) | fromJson) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $pipeline.exporters -}}
{{- if eq (first (splitList "/" .)) "prometheus" -}}
{{- $server := get ($config.exporters | default dict) . | default dict -}}
{{- $at := include "pitot.listen.at" (dict "root" $ "server" $server "default" "localhost:8889" "entry" "prometheus") | fromJson -}}
{{- $_ := set $found "prometheus" ($found.prometheus | default $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* One listener as JSON. Takes a dict: root, server (its settings), default (its endpoint if none is set), entry (the usual one of `ports`). */}}
{{- define "pitot.listen.at" -}}
{{- $endpoint := .server.endpoint | default .default -}}
{{- $port := include "pitot.addresses.port" $endpoint | int -}}
{{- $ports := include "pitot.ports" .root | fromJsonArray -}}
{{- $assumed := "" -}}
{{- if eq $port 0 -}}
{{- range $ports -}}{{- if eq .name $.entry -}}{{- $assumed = .name -}}{{- $port = int .containerPort -}}{{- end -}}{{- end -}}
{{- end -}}
{{- $servicePort := 0 -}}
{{- range $ports -}}
{{- if and (eq $port (int .containerPort)) (eq .protocol "TCP") -}}
{{- /* The number of the container is what senders know; another number of the Service stands in for it. */ -}}
{{- if and (eq .inService .name) (or (eq $servicePort 0) (eq $port (int .servicePort))) -}}{{- $servicePort = int .servicePort -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- /* The name of a headless Service leads to the pods themselves. */ -}}
{{- if include "pitot.headless" .root -}}{{- $servicePort = $port -}}{{- end -}}
{{- $host := regexReplaceAll ":([0-9]+|\\$\\{[^}]*\\})$" $endpoint "" -}}
{{- $local := include "pitot.addresses.local" $endpoint | empty | not -}}
{{- $podIp := not (or $local (eq $host $endpoint) (has $host (list "" "0.0.0.0" "[::]"))) -}}
{{- dict "port" $port "servicePort" $servicePort "endpoint" $endpoint "assumed" $assumed "scheme" (ternary "https" "http" (not (empty .server.tls))) "path" (.server.metrics_url_path | default "/metrics") "auth" (not (empty .server.auth)) "local" $local "podIp" $podIp | toJson -}}
{{- end -}}

{{/* Container ports that Prometheus scrapes, as a JSON list of strings: those of prometheus exporters, of pitot's own metrics, and what the monitors name. */}}
{{- define "pitot.listen.scraped" -}}
{{- $scraped := list -}}
{{- if not (include "pitot.config.known" .) -}}{{- $scraped = list "8889" "8888" -}}{{- end -}}
{{- range concat (include "pitot.addresses.exporters" . | fromJsonArray) (include "pitot.addresses.own" . | fromJsonArray) -}}{{- $scraped = append $scraped (include "pitot.addresses.port" .) -}}{{- end -}}
{{- $named := list -}}
{{- range concat (.Values.serviceMonitor.metricsEndpoints | default list) (.Values.podMonitor.metricsEndpoints | default list) -}}{{- $named = append $named .port -}}{{- end -}}
{{- range include "pitot.ports" . | fromJsonArray -}}
{{- if has .name $named -}}{{- $scraped = append $scraped (toString .containerPort) -}}{{- end -}}
{{- end -}}
{{- toJson $scraped -}}
{{- end -}}
