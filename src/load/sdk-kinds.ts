/** The OpenTelemetry SDK for Python that a version of Airflow uses. */
export const sdkKinds = ['1.45', '1.35'] as const;
export type SdkKind = (typeof sdkKinds)[number];
