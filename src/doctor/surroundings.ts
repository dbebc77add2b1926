/** Whether this process runs in a pod, where kubectl shows the state of other pods. */
const isInPod = process.env.KUBERNETES_SERVICE_HOST !== undefined;

/** Whether a host is this machine, and this machine is no pod: a laptop or a server. */
export function isThisMachine(host: string): boolean {
  return !isInPod && /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host);
}

/** Command that checks the settings of Airflow on this system. */
export const checkAirflow = isInPod
  ? 'kubectl exec AIRFLOW_POD -- env | kubectl exec -i POD -- /pitot doctor --airflow-env=-'
  : 'env | pitot doctor --airflow-env=- in the shell that starts Airflow. In Kubernetes: kubectl exec AIRFLOW_POD -- env | kubectl exec -i POD -- /pitot doctor --airflow-env=-';
