{{/* Number of one of the chart's own ports. */}}
{{- define "pitot.ports.defaultNumber" -}}
{{- get (dict "otlp" 4317 "otlp-http" 4318 "prometheus" 8889 "metrics" 8888 "jaeger-grpc" 14250 "jaeger-thrift" 14268 "jaeger-compact" 6831 "zipkin" 9411) . | default 0 -}}
{{- end -}}

{{/*
Enabled ports, as a JSON list of maps in the order of their names: name, podName, containerPort, servicePort, protocol, and hostPort, nodePort,
appProtocol if given. Kubernetes refuses a number that appears twice, so default ports make way for the user's: `inService` and `inPod` name
the port of the Service and of the pod that stands for this one, usually itself. 8889, 8888, and the port of the console, which upstream does not
have, are left out of both if a port of the user's has their number in either.
*/}}
{{- define "pitot.ports" -}}
{{- $users := list -}}{{- $defaults := list -}}
{{- $all := deepCopy (.Values.ports | default dict) -}}
{{- range $name, $port := $all -}}
{{- if and $port $port.enabled -}}
{{- $entry := include "pitot.ports.entry" (dict "root" $ "name" $name "port" $port) | fromJson -}}
{{- $number := include "pitot.ports.defaultNumber" $name | int -}}
{{- if and (eq $number (int $entry.containerPort)) (eq $number (int $entry.servicePort)) -}}
{{- if include "pitot.ports.used" (dict "root" $ "name" $name) -}}{{- $defaults = append $defaults $entry -}}{{- end -}}
{{- else -}}
{{- $users = append $users $entry -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.console.enabled (not (hasKey $all "console")) -}}
{{- $console := include "pitot.ports.entry" (dict "root" $ "name" "console" "port" (dict "containerPort" (include "pitot.console.port" . | int))) | fromJson -}}
{{- $own := true -}}
{{- range $users -}}{{- if and (eq .protocol "TCP") (has $console.containerPort (list .containerPort .servicePort)) -}}{{- $own = false -}}{{- end -}}{{- end -}}
{{- if $own -}}{{- $users = append $users $console -}}{{- end -}}
{{- end -}}
{{- $taken := dict -}}{{- $pod := dict -}}
{{- range $entry := $users -}}
{{- range list "servicePort" "hostPort" "nodePort" -}}{{- if hasKey $entry . -}}{{- include "pitot.ports.once" (list $taken $entry .) -}}{{- end -}}{{- end -}}
{{- $_ := set . "inService" .name -}}
{{- $key := printf "%s %v" .protocol .containerPort -}}
{{- $_ := set . "inPod" (get $pod $key | default .podName) -}}{{- $_ := set $pod $key .inPod -}}
{{- end -}}
{{- range $entry := $defaults -}}
{{- $key := printf "%s %v" .protocol .containerPort -}}
{{- $inService := get $taken (printf "servicePort %s %v" .protocol .servicePort) -}}{{- $inPod := get $pod $key -}}
{{- if has .name (list "prometheus" "metrics") -}}
{{- range $users -}}
{{- if and (eq .protocol $entry.protocol) (has $entry.containerPort (list .containerPort .servicePort)) -}}
{{- if not $inService -}}{{- $inService = .name -}}{{- end -}}{{- if not $inPod -}}{{- $inPod = .inPod -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set . "inService" ($inService | default .name) -}}{{- $_ := set . "inPod" ($inPod | default .podName) -}}
{{- if hasKey $taken (printf "hostPort %s %v" .protocol .hostPort) -}}{{- $_ := unset . "hostPort" -}}{{- end -}}
{{- /* The entry that stands for it in the pod keeps its port of the node. */ -}}
{{- if and .hostPort (ne .inPod .podName) -}}
{{- range $users -}}
{{- if and (eq .inPod .podName) (eq .podName $entry.inPod) (eq .protocol $entry.protocol) (eq (int .containerPort) (int $entry.containerPort)) (not .hostPort) -}}
{{- $_ := set . "hostPort" $entry.hostPort -}}
{{- end -}}
{{- end -}}
{{- $_ := unset . "hostPort" -}}
{{- end -}}
{{- with .nodePort -}}{{- include "pitot.ports.once" (list $taken $entry "nodePort") -}}{{- end -}}
{{- end -}}
{{- $byName := dict -}}
{{- range concat $users $defaults -}}{{- $_ := set $byName .name . -}}{{- end -}}
{{- $ports := list -}}
{{- range $byName -}}{{- $ports = append $ports . -}}{{- end -}}
{{- toJson $ports -}}
{{- end -}}

{{/* "true" unless it is a default port for Prometheus that nothing answers: its target would be down. Takes a dict: root, name. */}}
{{- define "pitot.ports.used" -}}
{{- if not (include "pitot.config.known" .root) -}}true
{{- else if eq .name "prometheus" -}}{{- include "pitot.addresses.reach" (dict "port" 8889 "endpoints" (include "pitot.addresses.exporters" .root | fromJsonArray)) -}}
{{- else if eq .name "metrics" -}}{{- include "pitot.addresses.reach" (dict "port" 8888 "endpoints" (include "pitot.addresses.own" .root | fromJsonArray)) -}}
{{- else -}}true
{{- end -}}
{{- end -}}

{{/* One entry of `ports` as JSON, with its defaults. Takes a dict: root, name, port. */}}
{{- define "pitot.ports.entry" -}}
{{- $port := .port -}}
{{- $container := $port.containerPort | default $port.servicePort -}}
{{- if not $container -}}{{- fail (printf "ports.%s: containerPort is missing; set it, or set enabled: false" .name) -}}{{- end -}}
{{- if or (not (regexMatch "^[a-z0-9]+(-[a-z0-9]+)*$" .name)) (not (regexMatch "[a-z]" .name)) (gt (len .name) 63) -}}
{{- fail (printf "ports.%s: Kubernetes does not allow this name for a port; use lowercase letters, digits, and single hyphens" .name) -}}
{{- end -}}
{{- $protocol := $port.protocol | default "TCP" | upper -}}
{{- /* The name of a container's port has at most 15 characters. */ -}}
{{- $podName := ternary .name (printf "%s-%d" (lower $protocol) (int $container)) (le (len .name) 15) -}}
{{- $entry := dict "name" .name "podName" $podName "containerPort" (int $container) "servicePort" ($port.servicePort | default $container | int) "protocol" $protocol -}}
{{- if and $port.hostPort (eq (include "pitot.mode" .root) "daemonset") -}}
{{- $_ := set $entry "hostPort" (ternary $container $port.hostPort (eq .root.Values.hostNetwork true) | int) -}}
{{- end -}}
{{- if and $port.nodePort (has .root.Values.service.type (list "NodePort" "LoadBalancer")) -}}{{- $_ := set $entry "nodePort" (int $port.nodePort) -}}{{- end -}}
{{- with $port.appProtocol -}}{{- $_ := set $entry "appProtocol" . -}}{{- end -}}
{{- toJson $entry -}}
{{- end -}}

{{/* Notes that an entry has a number, or stops rendering if another one has it. Takes a list: the dict of numbers, the entry, the key. */}}
{{- define "pitot.ports.once" -}}
{{- $taken := index . 0 -}}{{- $entry := index . 1 -}}{{- $kind := index . 2 -}}
{{- $key := printf "%s %s %v" $kind $entry.protocol (get $entry $kind) -}}
{{- with get $taken $key -}}
{{- fail (printf "ports.%s and ports.%s both have %s %v (%s), and Kubernetes refuses a number that appears twice; remove or disable one of them" . $entry.name $kind (get $entry $kind) $entry.protocol) -}}
{{- end -}}
{{- $_ := set $taken $key $entry.name -}}
{{- end -}}

{{/* Ports of the Service. */}}
{{- define "pitot.servicePorts" -}}
{{- $ports := list -}}
{{- range include "pitot.ports" . | fromJsonArray -}}
{{- if eq .inService .name -}}
{{- $entry := dict "name" .name "port" (int .servicePort) "targetPort" (int .containerPort) "protocol" .protocol -}}
{{- with .appProtocol -}}{{- $_ := set $entry "appProtocol" . -}}{{- end -}}
{{- with .nodePort -}}{{- $_ := set $entry "nodePort" (int .) -}}{{- end -}}
{{- $ports = append $ports $entry -}}
{{- end -}}
{{- end -}}
{{- with $ports -}}
ports:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* Ports of the headless Service, whose names lead to the pods themselves. */}}
{{- define "pitot.headlessPorts" -}}
{{- $ports := list -}}
{{- range (include "pitot.servicePorts" . | fromYaml).ports -}}{{- $ports = append $ports (omit . "nodePort") -}}{{- end -}}
{{- with $ports -}}
ports:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* Ports of the container. */}}
{{- define "pitot.containerPorts" -}}
{{- $ports := list -}}
{{- range include "pitot.ports" . | fromJsonArray -}}
{{- if eq .inPod .podName -}}
{{- $entry := dict "name" .podName "containerPort" (int .containerPort) "protocol" .protocol -}}
{{- with .hostPort -}}{{- $_ := set $entry "hostPort" (int .) -}}{{- end -}}
{{- $ports = append $ports $entry -}}
{{- end -}}
{{- end -}}
{{- with $ports -}}
ports:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
