{{/* Bytes of a Kubernetes quantity. */}}
{{- define "pitot.bytes" -}}
{{- $text := toString . -}}
{{- $unit := regexFind "[A-Za-z]+$" $text -}}
{{- $factors := dict "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "m" 0.001 -}}
{{- if not (hasKey $factors $unit) -}}{{- fail (printf "resources.limits.memory: unknown unit in %q" $text) -}}{{- end -}}
{{- printf "%.0f" (mulf (trimSuffix $unit $text | float64) (get $factors $unit)) -}}
{{- end -}}

{{/* MiB that are a share of the memory limit. Takes a dict: limit, share (0 to 1). */}}
{{- define "pitot.shareOfLimit" -}}
{{- divf (mulf (include "pitot.bytes" .limit | float64) .share) 1048576.0 | floor | int64 -}}
{{- end -}}
