import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { K8sAttributesConfig } from '../config.ts';

/**
 * Returns the address of the API server and the credentials for it. The library is loaded only if a configuration has this processor.
 * @throws Error if pitot does not run in Kubernetes, or the kubeconfig is unusable
 */
export async function loadKubeConfig({
  authType,
  context,
}: Pick<K8sAttributesConfig, 'authType' | 'context'>): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const kubeConfig = new KubeConfig();
  if (authType === 'kubeConfig') {
    kubeConfig.loadFromDefault();
    if (context !== '') kubeConfig.setCurrentContext(context);
    if (!kubeConfig.getCurrentCluster()) throw new Error('the kubeconfig has no cluster for the current context');
    return kubeConfig;
  }
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = process.env;
  if (host === '' || port === '') {
    // Same text as the Collector.
    throw new Error('unable to load k8s config, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined');
  }
  if (authType === 'serviceAccount') kubeConfig.loadFromCluster();
  else {
    const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    kubeConfig.loadFromClusterAndUser({ name: 'cluster', server, skipTLSVerify: true }, { name: 'none' });
  }
  return kubeConfig;
}
