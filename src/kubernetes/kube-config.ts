import { readFileSync } from 'node:fs';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { SettingError } from '#component/errors.ts';

/** How to access the API server. */
export interface ApiAccess {
  /** `serviceAccount`, `kubeConfig`, or `none`. */
  readonly authType: string;
  /** Context of the kubeconfig. `''` for its current one. */
  readonly context: string;
}

/** File in which Kubernetes puts the token of a pod's service account. */
const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Returns the address of the API server and the credentials for it. The library is loaded only if a component needs it.
 * @param token file with the token of the service account
 * @throws SettingError if pitot does not run in Kubernetes, or the kubeconfig is unusable. The texts are the Collector's.
 */
export async function loadKubeConfig({ authType, context }: ApiAccess, token = tokenFile): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const kubeConfig = new KubeConfig();
  if (authType === 'kubeConfig') return fromFile(kubeConfig, context);
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = process.env;
  if (host === '' || port === '') {
    const message = 'unable to load k8s config, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined';
    const remedy = 'pitot does not run in Kubernetes; write "kubeConfig", or remove the processor';
    throw new SettingError(message, { keys: ['auth_type'], remedy });
  }
  if (authType === 'serviceAccount') {
    requireToken(token);
    kubeConfig.loadFromCluster();
  } else {
    const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    kubeConfig.loadFromClusterAndUser({ name: 'cluster', server, skipTLSVerify: true }, { name: 'none' });
  }
  return kubeConfig;
}

function requireToken(file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const words = code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : message;
    const remedy = 'the pod has no token of its service account; set automountServiceAccountToken: true';
    throw new SettingError(`open ${file}: ${words}`, { keys: ['auth_type'], remedy, cause: error });
  }
}

function fromFile(kubeConfig: KubeConfig, context: string): KubeConfig {
  const failed = (problem: string, key: string, remedy: string, cause?: unknown) =>
    new SettingError(`error connecting to k8s with auth_type=kubeConfig: ${problem}`, { keys: [key], remedy, cause });
  const { KUBECONFIG: files = '' } = process.env;
  const file = files === '' ? '~/.kube/config' : files;
  try {
    kubeConfig.loadFromDefault();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw failed(noConfiguration, 'auth_type', `set KUBECONFIG to a file that exists; ${file} does not`, error);
    throw failed(`error loading config file "${file}": ${message}`, 'auth_type', 'correct the file', error);
  }
  if (context !== '' && !kubeConfig.contexts.some(({ name }) => name === context)) {
    const known = kubeConfig.contexts.map(({ name }) => JSON.stringify(name)).join(', ');
    const remedy = known === '' ? `${file} has no contexts` : `${file} has ${known}`;
    throw failed(`context ${JSON.stringify(context)} does not exist`, 'context', remedy);
  }
  if (context !== '') kubeConfig.setCurrentContext(context);
  // The library assumes a server on this machine if there is no file.
  const isAssumed =
    kubeConfig.getCurrentCluster()?.server === 'http://localhost:8080' && kubeConfig.users[0]?.name === 'user';
  if (!kubeConfig.getCurrentCluster() || isAssumed) {
    const remedy = isAssumed
      ? 'set KUBECONFIG to a kubeconfig; there is no ~/.kube/config'
      : `${file} has no current context with a cluster; write its name as context`;
    throw failed(noConfiguration, 'auth_type', remedy);
  }
  return kubeConfig;
}

const noConfiguration =
  'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable';
