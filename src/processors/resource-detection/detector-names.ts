/** Detectors that need only environment variables, local files, or the local Docker engine. */
const supportedDetectors = [
  'azureappservice',
  'azurecontainerapps',
  'azurefunctions',
  'docker',
  'dynatrace',
  'elastic_beanstalk',
  'env',
  'heroku',
  'lambda',
  'system',
] as const;

export type SupportedDetector = (typeof supportedDetectors)[number];

/** Detectors of otelcol-contrib that request metadata from a cloud provider or a Kubernetes API server. */
const otherDetectors = [
  'akamai',
  'aks',
  'alibaba_ecs',
  'azure',
  'consul',
  'digitalocean',
  'ec2',
  'ecs',
  'eks',
  'gcp',
  'hetzner',
  'ibmcloud_classic',
  'ibmcloud_vpc',
  'k8s_api',
  'k8snode',
  'kubeadm',
  'nova',
  'openshift',
  'oraclecloud',
  'scaleway',
  'tencent_cvm',
  'upcloud',
  'vultr',
] as const;

/** Configuration keys of detectors that pitot does not support. */
export const otherDetectorKeys: readonly string[] = otherDetectors;

/** Returns whether pitot supports a detector. */
export function isSupported(name: string): name is SupportedDetector {
  return (supportedDetectors as readonly string[]).includes(name);
}

/** Names of all detectors of otelcol-contrib. */
export const knownDetectors: readonly string[] = [...supportedDetectors, ...otherDetectors].sort();

/** Returns the message for a detector that does not exist. Undefined if otelcol-contrib has it. Same text as the Collector. */
export function unknownDetector(name: string): string | undefined {
  if (knownDetectors.includes(name)) return undefined;
  const known = knownDetectors.join(', ');
  return `detector ${JSON.stringify(name)} is not compiled into this binary; compiled detectors: [${known}]`;
}
