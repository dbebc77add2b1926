{{- define "pitot.servicePorts" -}}
{{- $ports := list -}}
{{- range $name, $port := .Values.ports -}}
{{- if and $port $port.enabled -}}
{{- $entry := dict "name" $name "port" (int $port.servicePort) "targetPort" (int $port.containerPort) "protocol" ($port.protocol | default "TCP") -}}
{{- with $port.appProtocol -}}{{- $_ := set $entry "appProtocol" . -}}{{- end -}}
{{- if and $port.nodePort (eq $.Values.service.type "NodePort") -}}{{- $_ := set $entry "nodePort" (int $port.nodePort) -}}{{- end -}}
{{- $ports = append $ports $entry -}}
{{- end -}}
{{- end -}}
{{- with $ports -}}
ports:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
