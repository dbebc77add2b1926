{{/* Why there is no `helm test`, as a clause; empty if there is one. */}}
{{- define "pitot.untested" -}}
{{- $http := (include "pitot.listen" . | fromJson).http -}}
{{- if not .Values.tests.enabled -}}tests.enabled is false
{{- else if not (include "pitot.ownImage" .) -}}image.repository names an image that may not have the test program
{{- else if not (include "pitot.serviceEnabled" .) -}}there is no Service (service.enabled)
{{- else if not $http -}}no metrics pipeline receives OTLP over HTTP
{{- else if not $http.port -}}the port of the OTLP receiver is unknown ({{ $http.endpoint }})
{{- else if not $http.servicePort -}}the Service does not have the port of the OTLP receiver ({{ $http.port }})
{{- else if $http.local -}}the OTLP receiver listens on localhost only
{{- else if eq $http.scheme "https" -}}the OTLP receiver requires TLS
{{- else if $http.auth -}}the OTLP receiver requires authentication
{{- end -}}
{{- end -}}

{{/* "true" if there is a `helm test`. */}}
{{- define "pitot.tested" -}}
{{- if not (include "pitot.untested" .) -}}true{{- end -}}
{{- end -}}

{{/*
URLs for the test program, as a JSON list: OTLP, and /metrics if it can be read. The pods of a StatefulSet have names, with which both requests
reach the same one.
*/}}
{{- define "pitot.test.urls" -}}
{{- $listen := include "pitot.listen" . | fromJson -}}
{{- $host := printf "%s.%s.svc" (include "pitot.fullname" .) (include "pitot.namespace" .) -}}
{{- $key := "servicePort" -}}
{{- $headless := include "pitot.suffixedName" (list . "-headless") -}}
{{- if and (eq (include "pitot.mode" .) "statefulset") (eq (include "pitot.governingService" .) $headless) -}}
{{- $host = printf "%s-0.%s.%s.svc" (include "pitot.workloadName" .) $headless (include "pitot.namespace" .) -}}
{{- $key = "port" -}}
{{- end -}}
{{- $urls := list (printf "http://%s:%d" $host (get $listen.http $key | int)) -}}
{{- with $listen.prometheus -}}
{{- if and .servicePort (not .local) (not .auth) (eq .scheme "http") -}}{{- $urls = append $urls (printf "http://%s:%d%s" $host (get . $key | int) .path) -}}{{- end -}}
{{- end -}}
{{- toJson $urls -}}
{{- end -}}

{{/*
Port at which other pods reach a listener, for NOTES; empty if they cannot. Without a Service that is the host port. Takes a dict: root, listener.
*/}}
{{- define "pitot.notes.port" -}}
{{- $listener := .listener | default dict -}}
{{- if include "pitot.serviceEnabled" .root -}}
{{- with $listener.servicePort -}}{{- int . -}}{{- end -}}
{{- else -}}
{{- range include "pitot.ports" .root | fromJsonArray -}}
{{- if and .hostPort (eq (int .containerPort) (int $listener.port)) (eq .protocol "TCP") -}}{{- int .hostPort -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
