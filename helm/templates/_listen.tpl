{{/*
Where the metrics pipelines listen, read from the configuration, as a JSON map: `http` and `grpc` (the first OTLP receiver with that protocol), `prometheus`
(the first prometheus exporter). A listener is a map; it is absent if no pipeline has one: port, servicePort (0: not in the Service), scheme, path,
auth, and who can connect: everybody, `podIp` (not kubectl port-forward), `local` (only the pod itself).
*/}}
{{- define "pitot.listen" -}}
{{- /* If a ConfigMap of the user's runs, the chart cannot read it and assumes its own. */ -}}
{{- $config := include "pitot.config" . | fromYaml -}}
{{- $found := dict -}}
{{- range $name, $pipeline := dig "service" "pipelines" (dict) $config -}}
{{- if and $pipeline (eq (first (splitList "/" $name)) "metrics") -}}
{{- range $pipeline.receivers -}}
{{- if eq (first (splitList "/" .)) "otlp" -}}
{{- $receiver := get ($config.receivers | default dict) . | default dict -}}
{{- range $protocol, $port := dict "http" 4318 "grpc" 4317 -}}
{{- if and (hasKey ($receiver.protocols | default dict) $protocol) (not (hasKey $found $protocol)) -}}
{{- $server := get $receiver.protocols $protocol | default dict -}}
{{- $_ := set $found $protocol (include "pitot.listen.at" (dict "root" $ "server" $server "default" (printf "localhost:%v" $port)) | fromJson) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $pipeline.exporters -}}
{{- if eq (first (splitList "/" .)) "prometheus" -}}
{{- $server := get ($config.exporters | default dict) . | default dict -}}
{{- $at := include "pitot.listen.at" (dict "root" $ "server" $server "default" "localhost:8889") | fromJson -}}
{{- $_ := set $found "prometheus" ($found.prometheus | default $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* One listener as JSON. Takes a dict: root, server (its settings), default (its endpoint if none is set). */}}
{{- define "pitot.listen.at" -}}
{{- $endpoint := .server.endpoint | default .default -}}
{{- $port := regexFind "[0-9]+$" $endpoint | int -}}
{{- $servicePort := 0 -}}
{{- range include "pitot.ports" .root | fromJsonArray -}}
{{- if and (eq $port (int .containerPort)) (eq .protocol "TCP") -}}
{{- /* The number of the container is what senders know; another number of the Service stands in for it. */ -}}
{{- if and (eq .inService .name) (or (eq $servicePort 0) (eq $port (int .servicePort))) -}}{{- $servicePort = int .servicePort -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $host := regexReplaceAll ":[0-9]+$" $endpoint "" -}}
{{- $local := regexMatch "^(localhost|127\\.[0-9.]+|\\[::1\\])$" $host -}}
{{- $podIp := not (or $local (has $host (list "" "0.0.0.0" "[::]"))) -}}
{{- dict "port" $port "servicePort" $servicePort "scheme" (ternary "https" "http" (not (empty .server.tls))) "path" (.server.metrics_url_path | default "/metrics") "auth" (not (empty .server.auth)) "local" $local "podIp" $podIp | toJson -}}
{{- end -}}

{{/* Container ports that Prometheus scrapes, as a JSON list of strings: 8889, 8888, the prometheus exporters, and what the monitors name. */}}
{{- define "pitot.listen.scraped" -}}
{{- $scraped := list "8889" "8888" -}}
{{- range include "pitot.config.listens" . | fromJsonArray -}}{{- $scraped = append $scraped (toString .) -}}{{- end -}}
{{- $named := list -}}
{{- range concat (.Values.serviceMonitor.metricsEndpoints | default list) (.Values.podMonitor.metricsEndpoints | default list) -}}{{- $named = append $named .port -}}{{- end -}}
{{- range include "pitot.ports" . | fromJsonArray -}}
{{- if has .name $named -}}{{- $scraped = append $scraped (toString .containerPort) -}}{{- end -}}
{{- end -}}
{{- toJson $scraped -}}
{{- end -}}
