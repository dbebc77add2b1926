{{- define "pitot.volumeClaimTemplates" -}}
{{- $claims := .Values.statefulset.volumeClaimTemplates -}}
{{- with .Values.persistence -}}
{{- if and .enabled (not .existingClaim) -}}
{{- $spec := dict "accessModes" .accessModes "resources" (dict "requests" (dict "storage" .size)) -}}
{{- with .storageClassName -}}{{- $_ := set $spec "storageClassName" . -}}{{- end -}}
{{- $metadata := dict "name" "state" -}}
{{- with .annotations -}}{{- $_ := set $metadata "annotations" . -}}{{- end -}}
{{- $claims = append $claims (dict "apiVersion" "v1" "kind" "PersistentVolumeClaim" "metadata" $metadata "spec" $spec) -}}
{{- end -}}
{{- end -}}
{{- with $claims -}}
volumeClaimTemplates:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
